import RemitDomain

/// Every API key that was shown and known, each with its place: an identity is a place and a generation.
///
/// Places are never given away, and only keys that were valid once get one, so that strangers can't fill it.
struct CredentialLedger {
    private struct Entry {
        let hash: APIKeyHash
        var principal: PrincipalID
        var generation: UInt32
        var isValid: Bool
    }

    private let validity: ValidityTable
    private var entries: [Entry] = []
    private var places: [APIKeyHash: Int] = [:]

    /// An empty ledger that keeps `validity`, which is read beside it, up to date.
    init(validity: ValidityTable) { self.validity = validity }

    /// The place and generation of a valid key.
    mutating func admit(_ hash: APIKeyHash, of principal: PrincipalID) -> (index: UInt32, generation: UInt32) {
        if let place = places[hash] {
            return (UInt32(place), entries[place].generation)
        }
        places[hash] = entries.count
        entries.append(Entry(hash: hash, principal: principal, generation: 1, isValid: true))
        let place = validity.append(generation: 1)
        precondition(place == entries.count - 1, "Both tables grow together.")
        return (place, 1)
    }

    /// Compares all keys with a newer snapshot: one that is gone, or stands for another principal, gets a new generation.
    mutating func update(to snapshot: ControlSnapshot) {
        for place in entries.indices {
            let principal = snapshot.keys[entries[place].hash].flatMap { snapshot.principals[$0] }?.id
            if let principal, entries[place].isValid, principal == entries[place].principal { continue }
            if principal == nil, !entries[place].isValid { continue }
            entries[place].generation &+= 1
            entries[place].isValid = principal != nil
            if let principal { entries[place].principal = principal }
            validity.set(principal == nil ? nil : entries[place].generation, at: UInt32(place))
        }
    }

    /// Whom an identity stands for; nil once its key is revoked.
    func principal(at index: UInt32, generation: UInt32) -> PrincipalID? {
        guard index < entries.count else { return nil }
        let entry = entries[Int(index)]
        return entry.isValid && entry.generation == generation ? entry.principal : nil
    }
}
