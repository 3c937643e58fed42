import Glibc

/// How many descriptors the system grants the process, and what of them is the tenants'.
package enum DescriptorLimit {
    /// Tenants kept open where descriptors suffice: 200 to 350 KiB each, so a gigabyte when all are written to.
    package static let openTenantsMax = 3_000
    /// A tenant's file, its WAL and the WAL's index.
    static let perTenant = 3

    /// Reader connections kept open where descriptors suffice.
    package static let readerConnectionsMax = 256

    /// Reader connections that may be open under a limit: an eighth of the descriptors.
    package static func readerConnections(within limit: Int) -> Int {
        max(1, min(readerConnectionsMax, limit / 8 / perTenant))
    }

    /// Tenants that may be open under a limit: half of the descriptors are theirs and their readers', half connections'.
    package static func openTenants(within limit: Int) -> Int {
        max(1, min(openTenantsMax, (limit / 2 - readerConnections(within: limit) * perTenant) / perTenant))
    }

    /// The most that the process may ask for.
    package static var hard: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_max)
    }

    /// Asks for as many descriptors as the process may have; a refusal is left alone.
    package static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
