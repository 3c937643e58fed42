import RemitServer
import Testing

struct DescriptorLimitTests {
    @Test func `half of the descriptors are the tenants', and no more than some thousands of tenants stay open`() {
        #expect(DescriptorLimit.openTenants(within: 1_048_576, readerConnections: 256) == 3_000)
        #expect(DescriptorLimit.openTenants(within: 20_000, readerConnections: 256) == 3_000)
        #expect(DescriptorLimit.openTenants(within: 10_000, readerConnections: 256) == 1_410)
        #expect(DescriptorLimit.openTenants(within: 4_096, readerConnections: 256) == 426)
        #expect(DescriptorLimit.openTenants(within: 256, readerConnections: 256) == 1)
    }
}
