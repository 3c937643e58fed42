import RemitWire

/// Answers the conformance suite's requests: decode a message, encode it again; a view has to agree.
enum Testee {
    /// What the codec of Remit doesn't claim, as an answer that the suite counts as skipped.
    private enum Unsupported {
        static let json = "JSON isn't supported."
        static let text = "The text format isn't supported."
        static let jspb = "JSPB isn't supported."
        static let proto2 = "proto2 isn't supported."
    }

    /// The response to a request.
    static func answer(_ request: ConformanceRequest) -> ConformanceResponse {
        .with { $0.result = result(of: request) }
    }

    private static func result(of request: ConformanceRequest) -> ConformanceResponse.Result {
        let payload: [UInt8]
        switch request.payload {
        case .protobufPayload(let bytes)?: payload = bytes
        case .jsonPayload?: return .skipped(Unsupported.json)
        case .textPayload?: return .skipped(Unsupported.text)
        case .jspbPayload?: return .skipped(Unsupported.jspb)
        case nil: return .runtimeError("The request has no payload.")
        }
        switch request.requestedOutputFormat {
        case .protobuf: break
        case .json: return .skipped(Unsupported.json)
        case .textFormat: return .skipped(Unsupported.text)
        case .jspb: return .skipped(Unsupported.jspb)
        default: return .runtimeError("The request asks for an unknown format.")
        }
        switch request.messageType {
        case TestAllTypesProto3.fullName: return roundTrip(payload, TestAllTypesProto3.self)
        case FailureSet.fullName: return roundTrip(payload, FailureSet.self)
        case let name where name.contains("proto2") || name.contains("Proto2"): return .skipped(Unsupported.proto2)
        default: return .runtimeError("The message type \(request.messageType) is unknown.")
        }
    }

    /// The bytes decoded and encoded again; what a view of them says is held against the message.
    private static func roundTrip<Value: ViewedMessage>(
        _ bytes: [UInt8], _ type: Value.Type
    ) -> ConformanceResponse.Result {
        guard BothReadings(bytes, as: type).agree else { return .runtimeError("The view differs from the message.") }
        do {
            return .protobufPayload(try Value(decoding: bytes).encoded())
        } catch {
            return .parseError("\(error)")
        }
    }
}
