package import RemitWire

package struct Outcome: ProtoEnum {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package static let allCases: [Outcome] = []
    package var name: String? { nil }
    package var label: String? { nil }
}

package struct MetadataEntry: Message {
    package static let fullName = "remit.wire.v1.MetadataEntry"
    package init() {}
    package var unknownFields = UnknownFields()
    package var key: String = ""
    package var value: String = ""
    package mutating func merge(from bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        while let tag = try reader.nextTag(bytes) {
            switch tag {
            case 10: key = try reader.readString(bytes)
            case 18: value = try reader.readString(bytes)
            default: try reader.readUnknown(bytes, into: &unknownFields)
            }
        }
    }
    package func encode(into writer: inout WireWriter) {
        writer.writeUnknown(unknownFields)
        if !value.isEmpty { writer.writeField(18, value, StringCodec.self) }
        if !key.isEmpty { writer.writeField(10, key, StringCodec.self) }
    }
}

package struct Hello: Message {
    package static let fullName = "remit.wire.v1.Hello"
    package init() {}
    package var unknownFields = UnknownFields()
    package var minorVersion: UInt32 = 0
    package var credential: String = ""
    package var frameBodySizeMax: UInt32 = 0
    package var messageSizeMax: UInt32 = 0
    package var slotsMax: UInt32 = 0
    package var windowBytes: UInt32 = 0
    package var keepaliveMs: UInt32 = 0
    package var agent: String = ""
    package var features: [String] = []
    package mutating func merge(from bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        while let tag = try reader.nextTag(bytes) {
            switch tag {
            case 8: minorVersion = try reader.readUInt32(bytes)
            case 18: credential = try reader.readString(bytes)
            case 24: frameBodySizeMax = try reader.readUInt32(bytes)
            case 32: messageSizeMax = try reader.readUInt32(bytes)
            case 40: slotsMax = try reader.readUInt32(bytes)
            case 48: windowBytes = try reader.readUInt32(bytes)
            case 56: keepaliveMs = try reader.readUInt32(bytes)
            case 66: agent = try reader.readString(bytes)
            case 82: features.append(try reader.readString(bytes))
            default: try reader.readUnknown(bytes, into: &unknownFields)
            }
        }
    }
    package func encode(into writer: inout WireWriter) {
        writer.writeUnknown(unknownFields)
        writer.writeRepeated(82, features, StringCodec.self)
        if !agent.isEmpty { writer.writeField(66, agent, StringCodec.self) }
        if keepaliveMs != 0 { writer.writeField(56, keepaliveMs, UInt32Codec.self) }
        if windowBytes != 0 { writer.writeField(48, windowBytes, UInt32Codec.self) }
        if slotsMax != 0 { writer.writeField(40, slotsMax, UInt32Codec.self) }
        if messageSizeMax != 0 { writer.writeField(32, messageSizeMax, UInt32Codec.self) }
        if frameBodySizeMax != 0 { writer.writeField(24, frameBodySizeMax, UInt32Codec.self) }
        if !credential.isEmpty { writer.writeField(18, credential, StringCodec.self) }
        if minorVersion != 0 { writer.writeField(8, minorVersion, UInt32Codec.self) }
    }
}

package struct RequestMeta: Message {
    package static let fullName = "remit.wire.v1.RequestMeta"
    package init() {}
    package var unknownFields = UnknownFields()
    package var method: String = ""
    package var timeoutUs: UInt64 = 0
    package var tenant: String = ""
    package var idempotencyKey: String = ""
    package var traceparent: String = ""
    package var metadata: [MetadataEntry] = []
    package var attempt: UInt32 = 0
    package mutating func merge(from bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        while let tag = try reader.nextTag(bytes) {
            switch tag {
            case 10: method = try reader.readString(bytes)
            case 16: timeoutUs = try reader.readUInt64(bytes)
            case 26: tenant = try reader.readString(bytes)
            case 34: idempotencyKey = try reader.readString(bytes)
            case 42: traceparent = try reader.readString(bytes)
            case 50: try reader.readMessage(bytes, into: &metadata)
            case 64: attempt = try reader.readUInt32(bytes)
            default: try reader.readUnknown(bytes, into: &unknownFields)
            }
        }
    }
    package func encode(into writer: inout WireWriter) {
        writer.writeUnknown(unknownFields)
        if attempt != 0 { writer.writeField(64, attempt, UInt32Codec.self) }
        for entry in metadata.reversed() { writer.writeField(50, entry) }
        if !traceparent.isEmpty { writer.writeField(42, traceparent, StringCodec.self) }
        if !idempotencyKey.isEmpty { writer.writeField(34, idempotencyKey, StringCodec.self) }
        if !tenant.isEmpty { writer.writeField(26, tenant, StringCodec.self) }
        if timeoutUs != 0 { writer.writeField(16, timeoutUs, UInt64Codec.self) }
        if !method.isEmpty { writer.writeField(10, method, StringCodec.self) }
    }
}

package struct StatusMeta: Message {
    package static let fullName = "remit.wire.v1.StatusMeta"
    package init() {}
    package var unknownFields = UnknownFields()
    package var code: UInt32 = 0
    package var message: String = ""
    package var reason: String = ""
    package var field: String = ""
    package var outcome: Outcome = Outcome(rawValue: 0)
    package var notProcessed: Bool = false
    package var replayed: Bool = false
    package var retryAfterMs: UInt32 = 0
    package var errorId: String = ""
    package var serverUs: UInt64 = 0
    package var trailers: [MetadataEntry] = []
    package mutating func merge(from bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        while let tag = try reader.nextTag(bytes) {
            switch tag {
            case 8: code = try reader.readUInt32(bytes)
            case 18: message = try reader.readString(bytes)
            case 26: reason = try reader.readString(bytes)
            case 34: field = try reader.readString(bytes)
            case 40: outcome = try reader.readEnum(bytes)
            case 48: notProcessed = try reader.readBool(bytes)
            case 56: replayed = try reader.readBool(bytes)
            case 64: retryAfterMs = try reader.readUInt32(bytes)
            case 74: errorId = try reader.readString(bytes)
            case 80: serverUs = try reader.readUInt64(bytes)
            case 90: try reader.readMessage(bytes, into: &trailers)
            default: try reader.readUnknown(bytes, into: &unknownFields)
            }
        }
    }
    package func encode(into writer: inout WireWriter) {
        writer.writeUnknown(unknownFields)
        for entry in trailers.reversed() { writer.writeField(90, entry) }
        if serverUs != 0 { writer.writeField(80, serverUs, UInt64Codec.self) }
        if !errorId.isEmpty { writer.writeField(74, errorId, StringCodec.self) }
        if retryAfterMs != 0 { writer.writeField(64, retryAfterMs, UInt32Codec.self) }
        if replayed { writer.writeField(56, replayed, BoolCodec.self) }
        if notProcessed { writer.writeField(48, notProcessed, BoolCodec.self) }
        if outcome.rawValue != 0 { writer.writeField(40, outcome.rawValue, Int32Codec.self) }
        if !field.isEmpty { writer.writeField(34, field, StringCodec.self) }
        if !reason.isEmpty { writer.writeField(26, reason, StringCodec.self) }
        if !message.isEmpty { writer.writeField(18, message, StringCodec.self) }
        if code != 0 { writer.writeField(8, code, UInt32Codec.self) }
    }
}

package struct GoAway: Message {
    package static let fullName = "remit.wire.v1.GoAway"
    package init() {}
    package var unknownFields = UnknownFields()
    package var code: UInt32 = 0
    package var text: String = ""
    package var drainMs: UInt32 = 0
    package mutating func merge(from bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        while let tag = try reader.nextTag(bytes) {
            switch tag {
            case 8: code = try reader.readUInt32(bytes)
            case 18: text = try reader.readString(bytes)
            case 24: drainMs = try reader.readUInt32(bytes)
            default: try reader.readUnknown(bytes, into: &unknownFields)
            }
        }
    }
    package func encode(into writer: inout WireWriter) {
        writer.writeUnknown(unknownFields)
        if drainMs != 0 { writer.writeField(24, drainMs, UInt32Codec.self) }
        if !text.isEmpty { writer.writeField(18, text, StringCodec.self) }
        if code != 0 { writer.writeField(8, code, UInt32Codec.self) }
    }
}
