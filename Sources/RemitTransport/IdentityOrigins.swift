import RemitRPC

/// What is remembered about the callers of one event loop's connections: those of one identity share it.
///
/// A client with several connections then has each tenant judged once a loop, and its memory is touched by all of them.
// @unchecked: it is touched on its event loop alone.
final class IdentityOrigins: @unchecked Sendable {
    private var caches: [Identity: OriginCache] = [:]

    /// How many identities are connected; for tests.
    var count: Int { caches.count }

    /// The cache of an identity that connects; give it back by ``leave(_:)``.
    func join(_ identity: Identity) -> OriginCache {
        let cache = caches[identity] ?? OriginCache(identity: identity)
        caches[identity] = cache
        cache.connections += 1
        return cache
    }

    /// A connection has closed: with the last one of its identity goes what is remembered.
    func leave(_ cache: OriginCache) {
        cache.connections -= 1
        if cache.connections == 0 { caches[cache.identity] = nil }
    }
}
