import RemitServer
import Testing

struct DescriptorLimitTests {
    @Test func `half of the descriptors are the tenants', and no more than some thousands of tenants stay open`() {
        #expect(DescriptorLimit.openTenants(within: 1_048_576) == 3_000)
        #expect(DescriptorLimit.openTenants(within: 20_000) == 3_000)
        #expect(DescriptorLimit.openTenants(within: 10_000) == 1_410)
        #expect(DescriptorLimit.openTenants(within: 4_096) == 512)
        #expect(DescriptorLimit.openTenants(within: 1_024) == 128)
        #expect(DescriptorLimit.openTenants(within: 3) == 1)
    }

    @Test func `a small limit leaves readers an eighth of it, so that they don't take the tenants' part`() {
        #expect(DescriptorLimit.readerConnections(within: 20_000) == 256)
        #expect(DescriptorLimit.readerConnections(within: 1_024) == 42)
        #expect(DescriptorLimit.readerConnections(within: 256) == 10)
        #expect(DescriptorLimit.readerConnections(within: 3) == 1)
    }
}
