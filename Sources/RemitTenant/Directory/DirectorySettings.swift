import RemitStorage

/// The directory's limits; each default says why.
package struct DirectorySettings: Sendable {
    /// Tenants open at once: each takes 150 to 250 KiB and a descriptor; servers ask the system how many.
    package var openTenantsMax = 1_000
    /// What all tenants' page caches may grow to together, beyond the first part of each.
    package var pageCacheKibibytesMax = PageCacheBudget.kibibytesMax
    /// A tenant that nobody calls for so long, or up to twice as long, gives back its statements and page cache: what
    /// comes back within that costs nothing, and making them again costs a call some tenths of a millisecond.
    package var restMilliseconds: Int64 = 10_000
    /// Descriptors that connections, tenants' and readers', keep beside their files': 1, and 1 more once they write.
    ///
    /// Beyond it the longest unused connections are parked. Clients take theirs from these.
    package var lentDescriptorsMax = 2_000
    /// Of those, what clients leave: more than the connections at work need.
    package var lentDescriptorsMin = 32
    /// Threads that run tenants: enough for one disk's parallel syncs; those that nothing waits for sleep.
    package var storageThreads = 8
    /// Threads that are woken to run tenants at the same time; servers ask the system how many cores they may use.
    package var cores = 2
    /// Threads that read beside the writers.
    package var readerThreads = 2
    /// Reader connections open at once, each with a descriptor, or 3 unparked.
    package var readerConnectionsMax = 256
    /// How long a page may read.
    package var pageMilliseconds = TenantReader.pageMillisecondsMax
    package var tenant = TenantSettings()

    package init() {}
}
