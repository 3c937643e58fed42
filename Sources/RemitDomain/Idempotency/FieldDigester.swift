/// Digests a request field by field, so that a key that is used again with another request can name the field.
///
/// A field with its default value has no digest: a field that the contract gains later changes no stored request.
/// Take the digests before anything else touches the request. The message's own key isn't a field.
package struct FieldDigester: Sendable {
    private let key: SipHash.Key
    /// What was added, in that order.
    package private(set) var digests: [FieldDigest] = []

    package init(key: SipHash.Key) {
        self.key = key
        digests.reserveCapacity(Self.fieldsExpected)
    }

    /// As many fields as most requests have.
    private static var fieldsExpected: Int { 10 }

    /// Adds a text; an empty one is the default.
    package mutating func add(_ field: String, _ value: String) {
        guard !value.isEmpty else { return }
        append(field) { $0.combine(value) }
    }

    /// Adds a number; 0 is the default.
    package mutating func add(_ field: String, _ value: Int64) {
        guard value != 0 else { return }
        append(field) { $0.combine(UInt64(bitPattern: value)) }
    }

    /// Adds a number that may be absent; absent is the default, 0 isn't.
    package mutating func add(_ field: String, optional value: Int64?) {
        guard let value else { return }
        append(field) { $0.combine(UInt64(bitPattern: value)) }
    }

    /// Adds a claim; false is the default.
    package mutating func add(_ field: String, _ value: Bool) { add(field, value ? 1 : 0) }

    /// Adds metadata in any order; empty is the default.
    package mutating func add(_ field: String, _ value: Metadata) {
        guard !value.entries.isEmpty else { return }
        append(field) { hash in
            for entry in value.entries.sorted(by: { $0.key < $1.key }) {
                hash.combine(entry.key)
                hash.combine(entry.value)
            }
        }
    }

    private mutating func append(_ field: String, _ combine: (inout SipHash) -> Void) {
        var hash = SipHash(key: key)
        hash.combine(field)
        combine(&hash)
        digests.append(FieldDigest(field: field, digest: hash.finalize()))
    }
}

extension FieldDigest {
    /// The first field in which two requests differ; nil when they are the same request.
    package static func mismatch(between stored: [FieldDigest], and asked: [FieldDigest]) -> String? {
        for digest in asked where !stored.contains(digest) { return digest.field }
        return stored.first { digest in !asked.contains { $0.field == digest.field } }?.field
    }
}
