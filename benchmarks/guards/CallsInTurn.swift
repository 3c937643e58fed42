import RemitClient
import RemitRPC
import RemitWire

/// Calls that are made one after the other, on the connection's event loop, without a task.
final class CallsInTurn<Request: Message>: Sendable {
    private let client: RemitClient
    private let method: MethodDescriptor
    private let numbers: Range<Int>
    private let call: @Sendable (Int) -> (Request, CallOptions)

    init(
        client: RemitClient, method: MethodDescriptor, first: Int, count: Int,
        _ call: @escaping @Sendable (Int) -> (Request, CallOptions)
    ) {
        self.client = client
        self.method = method
        numbers = first..<(first + count)
        self.call = call
    }

    /// Makes them all; what the server's threads allocated meanwhile.
    func run(_ count: AllocationCount) async throws -> UInt64 {
        let result: Result<UInt64, RPCError> = await withCheckedContinuation { continuation in
            // The first answer tells which thread is the client's.
            send(numbers.lowerBound) { [self] result in
                count.ignoreThisThread()
                guard case .success = result else { return continuation.resume(returning: result.map { 0 }) }
                let start = count.all
                next(numbers.lowerBound + 1) { result in
                    continuation.resume(returning: result.map { count.all - start })
                }
            }
        }
        return try result.get() * UInt64(numbers.count) / UInt64(numbers.count - 1)
    }

    private func next(_ number: Int, _ ended: @escaping @Sendable (Result<Void, RPCError>) -> Void) {
        guard number < numbers.upperBound else { return ended(.success(())) }
        send(number) { [self] result in
            guard case .success = result else { return ended(result) }
            next(number + 1, ended)
        }
    }

    private func send(_ number: Int, _ answered: @escaping @Sendable (Result<Void, RPCError>) -> Void) {
        let (request, options) = call(number)
        client.unary(method, request: request, options: options) { answer, _ in
            switch answer {
            case .success: answered(.success(()))
            case .failure(let error): answered(.failure(error))
            }
        }
    }
}
