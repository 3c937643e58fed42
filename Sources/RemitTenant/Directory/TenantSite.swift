package import RemitDomain
package import RemitStorage

/// Where tenants live: the data directory, its control plane, and what comes from outside.
package struct TenantSite: Sendable {
    package let directory: DataDirectory
    package let control: ControlPlane
    /// Where commits of all tenants are made durable together; nil: each tenant's file does it.
    package let journal: CommitJournal?
    /// Who isn't served, since commits are missing in its file; nil: nobody.
    package let kept: KeptCommits?
    package let clock: any WallClock
    package let randomness: any Randomness
    /// Makes the bytes in which entities are stored and answered.
    package let encoder: any EntityEncoder.Type

    package init(
        directory: DataDirectory, control: ControlPlane, journal: CommitJournal? = nil, kept: KeptCommits? = nil,
        clock: any WallClock, randomness: any Randomness, encoder: any EntityEncoder.Type
    ) {
        self.directory = directory
        self.control = control
        self.journal = journal
        self.kept = kept
        self.clock = clock
        self.randomness = randomness
        self.encoder = encoder
    }

    func database(_ tenant: TenantID, _ descriptors: DescriptorPool) throws(StorageError) -> TenantDatabase {
        try descriptors.withRoom { () throws(StorageError) in
            try kept?.settle(tenant, on: directory.tenantPath(tenant))
            return try TenantDatabase.open(
                path: directory.tenantPath(tenant), tenant: tenant, encoder: encoder, descriptors: descriptors)
        }
    }

    func reader(
        _ tenant: TenantID, _ descriptors: DescriptorPool, pageMilliseconds: Int64
    ) throws(StorageError) -> TenantReader {
        try descriptors.withRoom { () throws(StorageError) in
            try TenantReader(
                path: directory.tenantPath(tenant), tenant: tenant, encoder: encoder,
                pageMilliseconds: pageMilliseconds, descriptors: descriptors)
        }
    }
}
