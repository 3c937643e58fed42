import RemitAPI
import RemitRPC
import RemitWire
import Synchronization

/// Creates of which one in a hundred is sent again with its idempotency key: the first one's answer must come back.
final class ReplayScenario: Scenario {
    private struct State {
        /// Answered creates that may be sent again: number, tenant, the answer.
        var answered: [(number: Int, tenant: Int, message: [UInt8])] = []
        /// By the number of the call that replays: what it sends again.
        var replays: [Int: (number: Int, tenant: Int, message: [UInt8])] = [:]
        var count = 0
    }

    private let create: CreateScenario
    private let state = Mutex(State())

    /// One call in so many is a replay.
    static let interval = 100
    /// Answers that are kept to be asked for again.
    private static let answersMax = 1_000

    init(tenants: [LoadTenant], run: String) {
        create = CreateScenario(tenants: tenants, run: run)
    }

    /// Replays whose answer was right.
    var replays: Int { state.withLock { $0.count } }

    func call(_ number: Int, tenant: Int) -> LoadCall {
        var generator = SeededGenerator(seed: UInt64(number))
        guard generator.next() % UInt64(Self.interval) == 0 else { return create.call(number, tenant: tenant) }
        let first = state.withLock { state in
            let first = state.answered.popLast()
            state.replays[number] = first
            return first
        }
        guard let first else { return create.call(number, tenant: tenant) }
        return create.call(first.number, tenant: first.tenant)
    }

    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
        guard let first = state.withLock({ $0.replays.removeValue(forKey: number) }) else {
            try create.check(answer, info, to: number, tenant: tenant)
            guard !info.replayed else { throw .wrongAnswer("a first call was called a replay") }
            let message = answer.withUnsafeBufferPointer { [UInt8]($0) }
            state.withLock { state in
                if state.answered.count < Self.answersMax { state.answered.append((number, tenant, message)) }
            }
            return
        }
        let payment = try create.payment(in: answer, first.number)
        let earlier = try create.payment(in: first.message.span, first.number)
        guard info.replayed, payment == earlier else {
            throw .wrongAnswer("a replay got another answer than the first call")
        }
        state.withLock { $0.count += 1 }
    }
}
