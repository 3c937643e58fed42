import RemitDomain

/// Metadata in a column, in the caller's order: each key, then its value, as a length of two bytes and the text's bytes.
///
/// Lengths are little-endian; the request's limits keep every text far below 64 KiB.
enum MetadataColumn {
    static func encode(_ metadata: Metadata) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(metadata.entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 4 })
        for entry in metadata.entries {
            append(entry.key, to: &bytes)
            append(entry.value, to: &bytes)
        }
        return bytes
    }

    /// Reads what ``encode(_:)`` wrote.
    static func decode(_ bytes: [UInt8]) throws(StorageError) -> Metadata {
        var metadata = Metadata()
        var rest = bytes[...]
        while !rest.isEmpty {
            let key = try text(from: &rest)
            metadata[key] = try text(from: &rest)
        }
        return metadata
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let utf8 = text.utf8
        precondition(utf8.count <= Int(UInt16.max), "Metadata beyond its limits reached the store.")
        bytes.append(UInt8(truncatingIfNeeded: utf8.count))
        bytes.append(UInt8(truncatingIfNeeded: utf8.count >> 8))
        bytes.append(contentsOf: utf8)
    }

    private static func text(from rest: inout ArraySlice<UInt8>) throws(StorageError) -> String {
        guard rest.count >= 2 else { throw corrupt }
        let count = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
        rest.removeFirst(2)
        guard rest.count >= count else { throw corrupt }
        defer { rest.removeFirst(count) }
        return String(decoding: rest.prefix(count), as: UTF8.self)
    }

    private static var corrupt: StorageError {
        StorageError(.corrupt, message: "A stored metadata column ends within a text.")
    }
}
