import RemitStripe

/// First answers by idempotency key.
struct SavedAnswers: Sendable {
    /// Stripe keeps keys for at least 24 h.
    static let keptMilliseconds: Int64 = 86_400_000

    struct Entry: Sendable {
        var path: String
        var parameters: FormNode
        var status: Int
        var body: [UInt8]
        var requestID: String
    }

    private var entries: [String: Entry] = [:]
    private var ages = DueQueue()

    subscript(key: String) -> Entry? { entries[key] }

    mutating func save(_ entry: Entry, key: String, now: Int64) {
        entries[key] = entry
        ages.push(key, due: now)
    }

    mutating func replace(_ key: String, status: Int, body: [UInt8]) {
        entries[key]?.status = status
        entries[key]?.body = body
    }

    mutating func forget(before time: Int64) {
        while let key = ages.popDue(at: time) { entries[key] = nil }
    }
}
