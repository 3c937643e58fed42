import RemitDomain

/// Metadata as one JSON object of strings, in the caller's order: people and SQLite's JSON functions can read it.
enum MetadataColumn {
    private static let hexadecimal = Array("0123456789abcdef".utf8)

    static func encode(_ metadata: Metadata) -> String {
        var json: [UInt8] = [UInt8(ascii: "{")]
        for entry in metadata.entries {
            if json.count > 1 { json.append(UInt8(ascii: ",")) }
            append(entry.key, to: &json)
            json.append(UInt8(ascii: ":"))
            append(entry.value, to: &json)
        }
        json.append(UInt8(ascii: "}"))
        return String(decoding: json, as: UTF8.self)
    }

    private static func append(_ text: String, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                json += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                json += Array("\\u00".utf8) + [hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            default:
                json.append(byte)
            }
        }
        json.append(UInt8(ascii: "\""))
    }

    /// Reads what ``encode(_:)`` wrote.
    static func decode(_ json: String) throws(StorageError) -> Metadata {
        var reader = Reader(bytes: Array(json.utf8))
        return try reader.object()
    }

    private struct Reader {
        let bytes: [UInt8]
        var offset = 0

        mutating func object() throws(StorageError) -> Metadata {
            var metadata = Metadata()
            try expect("{")
            if next == UInt8(ascii: "}") { return metadata }
            while true {
                let key = try string()
                try expect(":")
                metadata[key] = try string()
                guard next == UInt8(ascii: ",") else { break }
                offset += 1
            }
            try expect("}")
            return metadata
        }

        private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

        private mutating func expect(_ character: Unicode.Scalar) throws(StorageError) {
            guard next == UInt8(ascii: character) else { throw Self.corrupt }
            offset += 1
        }

        private mutating func string() throws(StorageError) -> String {
            try expect("\"")
            var text: [UInt8] = []
            while let byte = next, byte != UInt8(ascii: "\"") {
                offset += 1
                text.append(byte == UInt8(ascii: "\\") ? try escaped() : byte)
            }
            try expect("\"")
            return String(decoding: text, as: UTF8.self)
        }

        private mutating func escaped() throws(StorageError) -> UInt8 {
            guard let byte = next else { throw Self.corrupt }
            offset += 1
            guard byte == UInt8(ascii: "u") else { return byte }
            guard offset + 4 <= bytes.count,
                let value = UInt8(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
            else { throw Self.corrupt }
            offset += 4
            return value
        }

        private static var corrupt: StorageError {
            StorageError(.corrupt, message: "A stored metadata column isn't an object of strings.")
        }
    }
}
