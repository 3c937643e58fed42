import Synchronization

/// What the page caches of all tenants take together, beyond the first part that each of them has.
package final class PageCacheBudget: Sendable {
    /// 1 GiB: sixteen tenants as hot as can be, or a thousand busy ones; the system's own cache has the rest.
    package static var kibibytesMax: Int { 1_024 * 1_024 }

    let limitKibibytes: Int
    private let free: Atomic<Int>

    package init(kibibytes: Int = PageCacheBudget.kibibytesMax) {
        limitKibibytes = kibibytes
        free = Atomic(kibibytes)
    }

    /// What isn't taken.
    var freeKibibytes: Int { free.load(ordering: .relaxed) }
    /// What is.
    var takenKibibytes: Int { limitKibibytes - freeKibibytes }

    /// False: there isn't so much left, and nothing is taken.
    func take(_ kibibytes: Int) -> Bool {
        var known = free.load(ordering: .relaxed)
        while known >= kibibytes {
            let (isTaken, found) = free.compareExchange(
                expected: known, desired: known - kibibytes, ordering: .relaxed)
            if isTaken { return true }
            known = found
        }
        return false
    }

    func giveBack(_ kibibytes: Int) {
        free.add(kibibytes, ordering: .relaxed)
    }
}
