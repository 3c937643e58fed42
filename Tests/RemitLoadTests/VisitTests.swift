import Foundation
import RemitAPI
import RemitRPC
import RemitWire
import Synchronization
import Testing

@testable import remit_load

/// A visit calls each tenant once, and no tenant twice.
struct VisitTests {
    /// Answers every call on a thread of its own, after it was made.
    private final class AnsweringChannel: ClientChannel {
        private let queue = DispatchQueue(label: "answers")
        private let underWay = Mutex((now: 0, most: 0))
        private let fails: Bool

        init(fails: Bool = false) { self.fails = fails }

        /// The most calls that were under way together.
        var most: Int { underWay.withLock { $0.most } }

        func unary(
            _ method: MethodDescriptor, request: some Message, options: CallOptions,
            then completion: @escaping UnaryCompletion
        ) {
            underWay.withLock { underWay in
                underWay.now += 1
                underWay.most = max(underWay.most, underWay.now)
            }
            queue.async { [self] in
                underWay.withLock { $0.now -= 1 }
                guard !fails else { return completion(.failure(RPCError(.internal, "No.")), ResponseInfo()) }
                let answer: [UInt8] = []
                completion(.success(answer.span), ResponseInfo())
            }
        }

        func unary(
            _ method: MethodDescriptor, request: [UInt8], options: CallOptions
        ) async throws(RPCError) -> (message: [UInt8], info: ResponseInfo) {
            preconditionFailure("Loops send with a completion.")
        }

        func serverStreaming(
            _ method: MethodDescriptor, request: [UInt8], options: CallOptions
        ) async throws(RPCError) -> MessageStream {
            preconditionFailure("A visit has no streams.")
        }
    }

    /// Notes which calls are made; takes every answer.
    private final class NotingScenario: Scenario {
        private let made = Mutex<[(number: Int, tenant: Int)]>([])

        var tenants: [Int] { made.withLock { $0.map(\.tenant) } }
        var numbers: [Int] { made.withLock { $0.map(\.number) } }

        func call(_ number: Int, tenant: Int) -> LoadCall {
            made.withLock { $0.append((number, tenant)) }
            return LoadCall(
                method: PaymentServiceMethods.getPayment, request: GetPaymentRequest(), options: CallOptions())
        }

        func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {}
    }

    @Test(
        "each tenant is called once, by however many callers over however many connections",
        arguments: [(1, 1, 1), (1, 64, 4), (7, 3, 2), (100, 64, 4), (128, 64, 4), (1_000, 64, 4)])
    func once(tenants: Int, callers: Int, connections: Int) async {
        let scenario = NotingScenario()
        let channels = (0..<connections).map { _ in AnsweringChannel() }
        let sample = await Visit(tenants: tenants, callers: callers).sample(scenario, over: channels)
        #expect(scenario.tenants.sorted() == Array(0..<tenants))
        #expect(scenario.numbers.sorted() == Array(0..<tenants))
        #expect(sample.tally.good == tenants && sample.tally.answers == tenants && sample.tally.failed == 0)
        #expect(sample.seconds > 0)
        #expect(channels.reduce(0) { $0 + $1.most } <= callers)
    }

    @Test("one caller goes by turns from the first tenant to the last")
    func turns() async {
        let scenario = NotingScenario()
        _ = await Visit(tenants: 5, callers: 1).sample(scenario, over: [AnsweringChannel()])
        #expect(scenario.tenants == [0, 1, 2, 3, 4])
    }

    @Test("a tenant whose call fails isn't called again, and counts as failed")
    func failures() async {
        let scenario = NotingScenario()
        let sample = await Visit(tenants: 20, callers: 4).sample(scenario, over: [AnsweringChannel(fails: true)])
        #expect(scenario.tenants.sorted() == Array(0..<20))
        #expect(sample.tally.failed == 20 && sample.tally.good == 0)
    }
}
