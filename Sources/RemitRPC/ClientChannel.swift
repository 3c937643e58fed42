public import RemitWire

/// What is run once, when a unary call that was made with it has ended: with the response's bytes, which are lent for
/// the time of the call, or with an error; and with what the server says beside them.
public typealias UnaryCompletion = @Sendable (borrowing Result<Span<UInt8>, RPCError>, ResponseInfo) -> Void

/// A way to a server for the generated clients: over the network, or in the process itself.
public protocol ClientChannel: Sendable {
    /// Calls a unary method with the request's bytes. Cancelling the task cancels the call.
    func unary(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> (message: [UInt8], info: ResponseInfo)

    /// Calls a unary method and returns at once: for callers that have many calls under way.
    ///
    /// `completion` is run once, never before this function has returned, on the thread that the answer arrives on (a
    /// connection's event loop): it must not block. A call that is made inside a completion leaves on the connection
    /// of that completion, together with all others of the same turn. Such a call costs no task and isn't made again
    /// when it fails; only its deadline ends it early.
    func unary(
        _ method: MethodDescriptor, request: some Message, options: CallOptions,
        then completion: @escaping UnaryCompletion)

    /// Calls a method with a stream of responses; leaving the stream cancels the call.
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
        return (try decodeResponse(bytes.span, of: method), info)
    }

    /// Calls a unary method and returns at once; `completion` gets its response, by the rules of
    /// ``unary(_:request:options:then:)``.
    @inlinable
    public func call<Request: Message, Response: Message>(
        _ method: MethodDescriptor, _ request: Request, _ options: CallOptions,
        returning: Response.Type = Response.self,
        then completion: @escaping @Sendable (Result<Response, RPCError>) -> Void
    ) {
        unary(method, request: request, options: options) { answer, _ in
            switch answer {
            case .success(let bytes):
                do throws(RPCError) {
                    completion(.success(try decodeResponse(bytes, of: method)))
                } catch {
                    completion(.failure(error))
                }
            case .failure(let error):
                completion(.failure(error))
            }
        }
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
    _ bytes: Span<UInt8>, of method: MethodDescriptor
) throws(RPCError) -> Response {
    do {
        return try Response(decoding: bytes)
    } catch {
        throw RPCError(
            .dataLoss, "The server's answer is not a valid \(method.responseType).", reason: "malformed_message",
            outcome: method.idempotency == .noSideEffects ? .none : .unknown)
    }
}
