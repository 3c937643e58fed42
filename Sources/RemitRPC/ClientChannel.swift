public import RemitWire

/// A way to a server for the generated clients: over the network, or in the process itself.
public protocol ClientChannel: Sendable {
    /// Calls a unary method with the request's bytes. Cancelling the task cancels the call.
    @concurrent
    func unary(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> (message: [UInt8], info: ResponseInfo)

    /// Calls a method with a stream of responses; leaving the stream cancels the call.
    @concurrent
    func serverStreaming(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> MessageStream
}

extension ClientChannel {
    /// Calls a unary method, giving its response and what the server says beside it.
    @inlinable
    public func call<Request: Message, Response: Message>(
        _ method: MethodDescriptor, _ request: Request, _ options: CallOptions, returning: Response.Type = Response.self
    ) async throws(RPCError) -> (message: Response, info: ResponseInfo) {
        let (bytes, info) = try await unary(method, request: request.encoded(), options: options)
        return (try decodeResponse(bytes, of: method), info)
    }

    /// Calls a method with a stream of responses.
    @inlinable
    public func stream<Request: Message, Response: Message>(
        _ method: MethodDescriptor, _ request: Request, _ options: CallOptions, returning: Response.Type = Response.self
    ) async throws(RPCError) -> ResponseStream<Response> {
        ResponseStream(try await serverStreaming(method, request: request.encoded(), options: options), of: method)
    }
}

/// The response in `bytes`; DATA_LOSS with an unknown outcome when it isn't one, for the server did answer.
@inlinable
public func decodeResponse<Response: Message>(
    _ bytes: [UInt8], of method: MethodDescriptor
) throws(RPCError) -> Response {
    do {
        return try Response(decoding: bytes.span)
    } catch {
        throw RPCError(
            .dataLoss, "The server's answer is not a valid \(method.responseType).", reason: "malformed_message",
            outcome: method.idempotency == .noSideEffects ? .none : .unknown)
    }
}
