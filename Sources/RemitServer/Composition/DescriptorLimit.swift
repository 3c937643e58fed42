import Glibc

/// How many descriptors the system grants the process, and what of them is the tenants'.
package enum DescriptorLimit {
    /// Tenants kept open where descriptors suffice: 150 to 250 KiB each, so 2.5 GB when all are written to.
    package static let openTenantsMax = 10_000
    /// The WAL's index, and once it is written to the WAL, beside the file itself.
    static let perUnparked = 2

    /// Reader connections kept open where descriptors suffice.
    package static let readerConnectionsMax = 256

    /// Reader connections that may be open under a limit: an eighth of the descriptors, were none parked.
    package static func readerConnections(within limit: Int) -> Int {
        max(1, min(readerConnectionsMax, limit / 8 / (1 + perUnparked)))
    }

    /// What tenants may have: three quarters, but for their readers' files; a client takes one descriptor, a tenant at
    /// work 3.
    private static func tenants(within limit: Int) -> Int {
        limit / 4 * 3 - readerConnections(within: limit)
    }

    /// Tenants that may be open under a limit, so that one in eight of them needn't be parked.
    package static func openTenants(within limit: Int) -> Int {
        max(1, min(openTenantsMax, tenants(within: limit) * 8 / (8 + perUnparked)))
    }

    /// Descriptors that connections of tenants and readers keep beside their files', as long as there are no clients: what
    /// is left when all tenants are open.
    package static func lent(within limit: Int, openTenants: Int) -> Int {
        let readers = readerConnections(within: limit)
        return max(1, min((openTenants + readers) * perUnparked, limit - openTenants - readers - own(within: limit)))
    }

    /// The process's own: calls to the processor and from it, operators, the control file, what starts a process.
    package static func own(within limit: Int) -> Int {
        limit / 16
    }

    /// Clients' connections that may be open under a limit: a quarter of it.
    ///
    /// Tenants have what clients don't use.
    package static func clients(within limit: Int, atMost connectionsMax: Int) -> Int {
        max(1, min(connectionsMax, limit / 4))
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
