package import RemitDomain
package import RemitStorage

/// Where tenants live: the data directory, its control plane, and what comes from outside.
package struct TenantSite: Sendable {
    package let directory: DataDirectory
    package let control: ControlPlane
    package let clock: any WallClock
    package let randomness: any Randomness

    package init(
        directory: DataDirectory, control: ControlPlane, clock: any WallClock, randomness: any Randomness
    ) {
        self.directory = directory
        self.control = control
        self.clock = clock
        self.randomness = randomness
    }

    func reader<Encoder: EntityEncoder>(_ tenant: TenantID) throws(StorageError) -> TenantReader<Encoder> {
        try TenantReader(path: directory.tenantPath(tenant), tenant: tenant)
    }
}
