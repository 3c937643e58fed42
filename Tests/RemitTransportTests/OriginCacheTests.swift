import RemitFrame
import RemitRPC
import RemitWire
import Testing

@testable import RemitTransport

/// The origins that the calls of one identity share.
@Suite struct OriginCacheTests {
    private let identity = Identity(index: 4, generation: 2)

    /// The origin for a tenant's bytes that stand inside other bytes.
    private func origin(_ tenant: [UInt8], _ cache: OriginCache) -> CallOrigin? {
        let meta: [UInt8] = [0x1A, UInt8(tenant.count)] + tenant + [0x40, 1]
        return cache.origin(2..<2 + tenant.count, in: meta.span)
    }

    private func origin(_ tenant: String, _ cache: OriginCache) throws -> CallOrigin {
        try #require(origin(Array(tenant.utf8), cache))
    }

    @Test func `gives calls that name the same tenant one origin`() throws {
        let cache = OriginCache(identity: identity)
        let own = try origin("", cache)
        let blue = try origin("blue", cache)
        #expect(own.tenant.isEmpty && own.identity == identity)
        #expect(blue.tenant == "blue" && blue.identity == identity)
        #expect(try origin("", cache) === own)
        #expect(try origin("blue", cache) === blue)
        #expect(try origin("green", cache) !== blue)
    }

    @Test func `has no origin for what isn't UTF-8, and goes on`() throws {
        let cache = OriginCache(identity: identity)
        #expect(origin([0xC3, 0x28], cache) == nil)
        #expect(try origin("blue", cache).tenant == "blue")
        #expect(origin([0xC3, 0x28], cache) == nil)
    }

    @Test func `tells tenants apart whose names are as long and begin or end alike`() throws {
        let cache = OriginCache(identity: identity)
        let names = (0..<10).flatMap { ["tenant_0000000\($0)_abcdefgh", "tenant_00000000_abcdefg\($0)"] }
        for name in names { #expect(try origin(name, cache).tenant == name) }
        for name in names { #expect(try origin(name, cache).tenant == name) }
    }

    @Test func `keeps no more room for names that nobody let in`() throws {
        let cache = OriginCache(identity: identity)
        for number in 0..<1_000 { #expect(try origin("made up \(number)", cache).tenant == "made up \(number)") }
        #expect(cache.capacity == OriginCache.countMin)
    }

    @Test func `makes room for tenants that were let in, and forgets nothing about them`() throws {
        let cache = OriginCache(identity: identity)
        for number in 0..<100 { try origin("tenant_\(number)", cache).remember(7, at: 0) }
        var known = 0
        for number in 0..<100 {
            let origin = try origin("tenant_\(number)", cache)
            if origin.remembered(at: 0) == 7 { known += 1 } else { origin.remember(7, at: 0) }
        }
        #expect(known == 100 && cache.capacity >= 100)
    }

    @Test func `has room for 16,384 tenants and no more`() throws {
        let cache = OriginCache(identity: identity)
        for number in 0..<40_000 {
            let origin = try origin("tenant_\(number)", cache)
            #expect(origin.tenant == "tenant_\(number)" && !origin.isRemembered)
            origin.remember(1, at: number % CallOrigin.placeCount)
            #expect(try self.origin("tenant_\(number)", cache) === origin)
        }
        #expect(OriginCache.countMax == 16_384 && cache.capacity == OriginCache.countMax)
    }

    @Test func `is shared by an identity's connections of one loop, and goes with the last`() throws {
        let identities = IdentityOrigins()
        let first = identities.join(identity)
        try origin("blue", first).remember(7, at: 0)
        let second = identities.join(identity)
        let other = identities.join(Identity(index: 4, generation: 3))
        #expect(try origin("blue", second).remembered(at: 0) == 7)
        #expect(try origin("blue", other).remembered(at: 0) == 0)
        identities.leave(first)
        #expect(identities.join(identity) === second)
        identities.leave(second)
        identities.leave(second)
        #expect(identities.count == 1)
        #expect(try origin("blue", identities.join(identity)).remembered(at: 0) == 0)
    }
}
