import RemitFrame
import RemitRPC
import RemitWire

/// The origins of one identity's calls: most identities name few tenants.
///
/// Belongs to an event loop, and to its connections of that identity (``IdentityOrigins``).
final class OriginCache {
    private struct Entry {
        /// Of the tenant's name: nearly always tells it from the others of its group, which aren't touched then.
        var hash: Int
        var origin: CallOrigin
    }

    /// Room for an identity whose tenants are few, and for names that no interceptor let in.
    static let countMin = 16
    /// Who names more tenants than this in turns pays for a string and for a judgement each time.
    static let countMax = 16_384

    /// Places that a name may stand at, one beside the other.
    private static let groupSize = 4

    private let own: CallOrigin
    /// The loop's connections that use it: ``IdentityOrigins`` counts them.
    var connections = 0
    /// As many places as a power of two, in groups; a name's hash says which group is its own.
    private var named: [Entry?] = []
    /// Whose turn it is to be replaced.
    private var turn = 0

    init(identity: Identity) { own = CallOrigin(identity: identity) }

    var identity: Identity { own.identity }

    /// How many origins it has room for; for tests.
    var capacity: Int { named.count }

    /// The origin for a tenant's bytes; nil if they aren't UTF-8.
    func origin(_ tenant: Range<Int>, in meta: Span<UInt8>) -> CallOrigin? {
        guard !tenant.isEmpty else { return own }
        let bytes = meta.extracting(tenant)
        let hash = bytes.quickHash
        if let known = find(bytes, hash) { return known }
        guard let name = RequestHead.text(tenant, in: meta) else { return nil }
        let origin = CallOrigin(identity: own.identity, tenant: name)
        if named.isEmpty { named = Array(repeating: nil, count: Self.countMin) }
        insert(Entry(hash: hash, origin: origin))
        return origin
    }

    private func find(_ bytes: Span<UInt8>, _ hash: Int) -> CallOrigin? {
        guard !named.isEmpty else { return nil }
        for place in group(hash) {
            guard let entry = named[place] else { return nil }
            if entry.hash == hash, entry.origin.tenant.utf8.span.hasSameBytes(as: bytes) { return entry.origin }
        }
        return nil
    }

    /// Replaces a name that nobody let in, before it makes more room, before it replaces any.
    private func insert(_ entry: Entry) {
        while true {
            let places = group(entry.hash)
            if let place = places.first(where: { named[$0]?.origin.isRemembered != true }) {
                named[place] = entry
                return
            }
            guard named.count < Self.countMax else {
                turn &+= 1
                named[places.lowerBound + (turn & (Self.groupSize - 1))] = entry
                return
            }
            grow()
        }
    }

    /// Twice the room: what stood in one group stands in two, and fits.
    private func grow() {
        var larger = [Entry?](repeating: nil, count: named.count * 2)
        swap(&larger, &named)
        for case let entry? in larger {
            let free = group(entry.hash).first { named[$0] == nil }
            if let free { named[free] = entry }
        }
    }

    private func group(_ hash: Int) -> Range<Int> {
        let first = (hash & (named.count / Self.groupSize - 1)) * Self.groupSize
        return first..<first + Self.groupSize
    }
}
