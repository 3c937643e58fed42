public import RemitWire

/// A method with the closure that starts it: the byte-level entry that every door uses.
public struct Method: Sendable {
    /// What is known about the method.
    public let descriptor: MethodDescriptor
    /// Decodes the request's bytes and starts the method, which answers through the handle.
    ///
    /// It never blocks.
    public let start: @Sendable (Span<UInt8>, CallContext, CallHandle) -> Void

    /// The method `descriptor`, started by `start`; generated code uses `unary` and `serverStreaming` instead.
    public init(
        _ descriptor: MethodDescriptor, start: @escaping @Sendable (Span<UInt8>, CallContext, CallHandle) -> Void
    ) {
        self.descriptor = descriptor
        self.start = start
    }

    /// A method with one response: `handler` starts it synchronously, and answers later.
    @inlinable
    public static func unary<Request: Message, Response: Message>(
        _ descriptor: MethodDescriptor, _ handler: @escaping @Sendable (Request, UnaryCall<Response>) -> Void
    ) -> Method {
        Method(descriptor) { bytes, context, handle in
            let request: Request
            do {
                request = try Request(decoding: bytes)
            } catch {
                handle.fail(.undecodable(descriptor, "\(error)"))
                return
            }
            handler(request, UnaryCall(context: context, handle: handle))
        }
    }

    /// A method with a stream of responses: `handler` runs in a task that is cancelled when the call ends early.
    public static func serverStreaming<Request: Message, Response: Message>(
        _ descriptor: MethodDescriptor,
        _ handler: @escaping @Sendable (Request, ServerStream<Response>) async throws(RPCError) -> Void
    ) -> Method {
        Method(descriptor) { bytes, context, handle in
            let request: Request
            do {
                request = try Request(decoding: bytes)
            } catch {
                handle.fail(.undecodable(descriptor, "\(error)"))
                return
            }
            guard handle.begin() else { return }
            // A stream outlives the turn that starts it; its door keeps the task and cancels it.
            let task = Task {
                do throws(RPCError) {
                    try await handler(request, ServerStream(context: context, handle: handle))
                    handle.sink.deliver(Reply(handle.id, .endOfStream), [])
                } catch {
                    handle.fail(error)
                }
            }
            handle.sink.attach(task, to: handle.id)
        }
    }
}

extension RPCError {
    /// The request's bytes are no message of the method's type.
    public static func undecodable(_ method: MethodDescriptor, _ why: String) -> RPCError {
        RPCError(
            .invalidArgument, "The request is not a valid \(method.requestType).", reason: "malformed_message",
            notProcessed: true, context: ["decoding": why])
    }
}
