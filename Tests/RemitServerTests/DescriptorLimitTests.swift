import RemitServer
import Testing

struct DescriptorLimitTests {
    @Test func `three quarters of the descriptors are the tenants', and no more than ten thousand tenants stay open`() {
        #expect(DescriptorLimit.openTenants(within: 1_048_576) == 10_000)
        #expect(DescriptorLimit.openTenants(within: 20_000) == 10_000)
        #expect(DescriptorLimit.openTenants(within: 10_000) == 5_795)
        #expect(DescriptorLimit.openTenants(within: 4_096) == 2_321)
        #expect(DescriptorLimit.openTenants(within: 1_024) == 580)
        #expect(DescriptorLimit.openTenants(within: 3) == 1)
    }

    @Test func `a small limit leaves readers an eighth of it, so that they don't take the tenants' part`() {
        #expect(DescriptorLimit.readerConnections(within: 20_000) == 256)
        #expect(DescriptorLimit.readerConnections(within: 1_024) == 42)
        #expect(DescriptorLimit.readerConnections(within: 256) == 10)
        #expect(DescriptorLimit.readerConnections(within: 3) == 1)
    }

    @Test func `connections keep all their descriptors as far as those suffice, and never more than there can be`() {
        #expect(DescriptorLimit.unparked(within: 1_048_576, openTenants: 10_000) == 10_256)
        #expect(DescriptorLimit.unparked(within: 20_000, openTenants: 10_000) == 2_372)
        #expect(DescriptorLimit.unparked(within: 1_024, openTenants: 580) == 73)
        #expect(DescriptorLimit.unparked(within: 256, openTenants: 10_000) == 16)
    }

    @Test(arguments: [256, 1_024, 4_096, 10_000, 20_000, 65_536, 1_048_576])
    func `tenants, readers and clients together stay within the limit`(limit: Int) {
        let tenants = DescriptorLimit.openTenants(within: limit)
        let readers = DescriptorLimit.readerConnections(within: limit)
        let unparked = DescriptorLimit.unparked(within: limit, openTenants: tenants)
        let clients = DescriptorLimit.clients(within: limit, atMost: 10_000)
        #expect(tenants + readers + 2 * unparked + clients <= limit)
        #expect((unparked + 1) * 8 >= tenants)
    }
}
