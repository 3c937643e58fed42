internal import Glibc

/// Takes all descriptors of a process but a few: for a process of a test's own.
package final class DescriptorHog {
    /// Enough for a test, and soon all taken.
    private static let limit = 256
    private var taken: [Int32] = []

    package init(leaving count: Int) {
        var limit = rlimit()
        precondition(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, "The limit can't be read.")
        limit.rlim_cur = min(rlim_t(Self.limit), limit.rlim_max)
        precondition(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, "The limit can't be set.")
        while true {
            let descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { break }
            taken.append(descriptor)
        }
        for _ in 0..<count { if let descriptor = taken.popLast() { close(descriptor) } }
    }

    /// Gives all of them back.
    package func release() {
        for descriptor in taken { close(descriptor) }
        taken = []
    }
}
