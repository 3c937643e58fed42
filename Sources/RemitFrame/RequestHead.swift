package import RemitWire

/// A RequestMeta as a server reads it on every call: the same fields as places in the meta's bytes, so that a string is
/// made only of what is there and needed.
package struct RequestHead: Sendable {
    /// Where the method's name is, in the meta's bytes.
    package var method: Range<Int> = 0..<0
    /// Microseconds that the caller waits; 0: as long as the server allows.
    package var timeoutMicroseconds: UInt64 = 0
    /// Where the tenant is; empty: none is named.
    package var tenant: Range<Int> = 0..<0
    /// Where the idempotency key is; empty: none.
    package var idempotencyKey: Range<Int> = 0..<0
    /// Where the trace context is; empty: none.
    package var traceparent: Range<Int> = 0..<0
    /// The call's metadata.
    package var metadata: [MetadataEntry] = []
    /// How many times the call was sent before.
    package var attempt: UInt32 = 0

    /// Limits of a call's head, in bytes but for the entries; PROTOCOL.md names them.
    package enum Limits {
        package static let methodSizeMax = 256
        package static let tenantSizeMax = 64
        package static let idempotencyKeySizeMax = 255
        package static let traceparentSizeMax = 64
        package static let metadataSizeMax = 8_192
        package static let metadataEntriesMax = 64
        package static let metadataKeySizeMax = 128
    }

    /// Reads the meta of a REQUEST; throws when it isn't a RequestMeta.
    ///
    /// Whether its strings are UTF-8 is judged when one is made, by ``text(_:in:)``.
    package init(_ meta: Span<UInt8>) throws(WireError) {
        var reader = WireReader(meta)
        var unknown = UnknownFields()
        while let tag = try reader.nextTag(meta) {
            switch tag {
            case 0x0A: method = try reader.readRange(meta)
            case 0x10: timeoutMicroseconds = try reader.readUInt64(meta)
            case 0x1A: tenant = try reader.readRange(meta)
            case 0x22: idempotencyKey = try reader.readRange(meta)
            case 0x2A: traceparent = try reader.readRange(meta)
            case 0x32: try reader.readMessage(meta, into: &metadata)
            case 0x40: attempt = try reader.readUInt32(meta)
            default: try reader.readUnknown(meta, into: &unknown)
            }
        }
    }

    /// Whether it says what most calls don't.
    package var hasDetails: Bool { !idempotencyKey.isEmpty || !traceparent.isEmpty || !metadata.isEmpty }

    /// The text at a place of the meta; nil if it isn't UTF-8.
    package static func text(_ range: Range<Int>, in meta: Span<UInt8>) -> String? {
        guard !range.isEmpty else { return "" }
        do {
            return String(copying: try UTF8Span(validating: meta.extracting(range)))
        } catch {
            return nil
        }
    }

    /// The field that is beyond its limit, or isn't written as it must be; nil if none is.
    package var invalidField: String? {
        if method.count > Limits.methodSizeMax { return "method" }
        if tenant.count > Limits.tenantSizeMax { return "tenant" }
        if idempotencyKey.count > Limits.idempotencyKeySizeMax { return "idempotency_key" }
        if traceparent.count > Limits.traceparentSizeMax { return "traceparent" }
        guard !metadata.isEmpty else { return nil }
        let size = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard metadata.count <= Limits.metadataEntriesMax, size <= Limits.metadataSizeMax else { return "metadata" }
        return metadata.allSatisfy { Self.isKey($0.key.utf8) } ? nil : "metadata"
    }

    private static func isKey(_ key: String.UTF8View) -> Bool {
        guard !key.isEmpty, key.count <= Limits.metadataKeySizeMax else { return false }
        return key.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
