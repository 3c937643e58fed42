import RemitFrame
import RemitRPC

extension StatusMeta {
    /// The meta of an END that tells `error`; texts are cut at the protocol's limits.
    init(_ error: RPCError) {
        self.init()
        code = UInt32(error.code.rawValue)
        message = error.message.cut(at: 2_048)
        reason = error.reason.cut(at: 64)
        field = (error.field ?? "").cut(at: 256)
        outcome = RemitFrame.Outcome(rawValue: Int32(error.outcome.rawValue))
        notProcessed = error.notProcessed
        retryAfterMs = error.retryAfterMilliseconds ?? 0
        errorId = (error.errorID ?? "").cut(at: 64)
    }

    /// The error that this tells; nil for a good answer.
    ///
    /// An unknown code is UNKNOWN, as gRPC has it.
    var error: RPCError? {
        guard code != 0 else { return nil }
        return RPCError(
            StatusCode(rawValue: UInt8(clamping: code)) ?? .unknown, message, reason: reason,
            field: field.isEmpty ? nil : field,
            outcome: RemitRPC.Outcome(rawValue: UInt8(clamping: outcome.rawValue)) ?? .unknown,
            notProcessed: notProcessed, retryAfterMilliseconds: retryAfterMs == 0 ? nil : retryAfterMs,
            errorID: errorId.isEmpty ? nil : errorId)
    }
}

extension String {
    /// The longest prefix of whole characters in `size` bytes.
    func cut(at size: Int) -> String {
        guard utf8.count > size else { return self }
        var result = ""
        for character in self where result.utf8.count + character.utf8.count <= size { result.append(character) }
        return result
    }
}

extension ServerConnectionMachine.Refusal {
    /// What the caller is told.
    var error: RPCError {
        switch self {
        case .messageTooLarge:
            RPCError(
                .resourceExhausted, "The message is larger than the server accepts.", reason: "message_too_large",
                notProcessed: true)
        case .reassemblyExceeded:
            RPCError(
                .resourceExhausted, "Too many bytes of incomplete messages are on their way.",
                reason: "reassembly_exceeded", notProcessed: true, retryAfterMilliseconds: 100)
        case .tooManySlots:
            RPCError(
                .resourceExhausted, "The connection's slots are all taken.", reason: "too_many_calls",
                notProcessed: true, retryAfterMilliseconds: 10)
        case .noMessage:
            RPCError(.invalidArgument, "The request has no message.", reason: "no_message", notProcessed: true)
        case .secondMessage:
            RPCError(
                .invalidArgument, "The request has more than one message.", reason: "second_message",
                notProcessed: true)
        case .draining:
            RPCError(
                .unavailable, "The server is going away.", reason: "draining", notProcessed: true,
                retryAfterMilliseconds: 100)
        case .unauthenticated:
            RPCError(
                .unauthenticated, "The credential is missing, wrong or revoked.", reason: "bad_credential",
                notProcessed: true)
        }
    }
}
