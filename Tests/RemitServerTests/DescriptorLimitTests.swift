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
        #expect(DescriptorLimit.lent(within: 1_048_576, openTenants: 10_000) == 20_512)
        #expect(DescriptorLimit.lent(within: 20_000, openTenants: 10_000) == 8_494)
        #expect(DescriptorLimit.lent(within: 1_024, openTenants: 580) == 338)
        #expect(DescriptorLimit.lent(within: 256, openTenants: 10_000) == 1)
    }

    @Test(arguments: [256, 1_024, 4_096, 10_000, 20_000, 65_536, 1_048_576])
    func `all stay within the limit, and when clients have theirs, one in eight tenants has a second one`(limit: Int) {
        let tenants = DescriptorLimit.openTenants(within: limit)
        let readers = DescriptorLimit.readerConnections(within: limit)
        let lent = DescriptorLimit.lent(within: limit, openTenants: tenants)
        let clients = DescriptorLimit.clients(within: limit, atMost: 10_000)
        #expect(tenants + readers + lent + DescriptorLimit.own(within: limit) <= limit)
        // What is left to tenants when clients have all that they may.
        #expect((lent - clients) * 8 >= tenants)
    }
}
