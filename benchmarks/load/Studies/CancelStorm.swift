import RemitAPI
import RemitClient
import RemitRPC
import RemitWire
import Synchronization

/// Creates of which each is cancelled at a random moment, unless it was answered before.
///
/// Afterwards the server has no call under way, and every payment whose call was cancelled can be asked for again with
/// its key: it is there once, or it isn't there, and then it is made.
struct CancelStorm {
    let bench: LoadBench
    let row: LoadRow
    let callers: Int

    /// A call is cancelled after 0 to so many nanoseconds: some before they leave, some after they were answered.
    static let nanosecondsMax: UInt64 = 4_000_000
    /// A connection takes 1,024 CANCELs a second and closes for more; a caller makes at most this many calls a second.
    static let callsPerSecond = 200
    /// Cancelled calls whose payments are asked for again.
    static let askedAgainMax = 500

    /// What became of the calls.
    struct Counts: Sendable {
        var answered = 0
        var neverRan = 0
        var cancelled = 0
        /// The numbers of some that were cancelled, and whether the server said that they never ran.
        var again: [(number: Int, neverRan: Bool)] = []
    }

    private final class SharedCounts: Sendable {
        private let state = Mutex(Counts())

        var value: Counts { state.withLock { $0 } }

        func count(_ number: Int, _ error: RPCError?) { state.withLock { $0.count(number, error) } }
    }

    func sample() async throws -> LoadSample {
        let create = CreateScenario(tenants: bench.tenants(row.tenants), run: RunName.next())
        let clients = try await bench.connect(row.connections)
        let window = Window(warmUp: bench.warmUp, duration: bench.duration)
        let recorder = Recorder(window)
        bench.progress.watch([recorder], window)
        let probe = bench.probe
        async let cpu = probe.cpuMicroseconds(in: window)
        let counts = SharedCounts()
        let callers = callers
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                let client = clients[caller % clients.count]
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(caller))
                    for number in stride(from: caller, to: Int.max, by: callers) {
                        let start = Moment.now
                        guard start < window.end else { return }
                        let delay = generator.next() % Self.nanosecondsMax
                        let (outcome, error) = await Self.call(create, number, client, cancelledAfter: delay)
                        recorder.record(outcome, intended: start, end: Moment.now, tenant: 0)
                        counts.count(number, error)
                        let pause = 1_000_000_000 / UInt64(Self.callsPerSecond)
                        let next = start + pause
                        let now = Moment.now
                        if next > now { try? await Task.sleep(for: .nanoseconds(Int64(next - now))) }
                    }
                }
            }
        }
        var sample = LoadSample(seconds: window.seconds)
        sample.take(try await cpu)
        sample.tally = recorder.counted
        let counted = counts.value
        let wrong = await Self.askAgain(create, counted.again, clients[0])
        sample.tally.failed += wrong
        for client in clients { await client.close() }
        sample.others[.cancelled] = Double(counted.cancelled + counted.neverRan)
        sample.remarks = [
            "\(counted.answered) calls were answered, \(counted.neverRan) never ran, \(counted.cancelled) were cancelled"
                + " as they ran; of \(counted.again.count) that were asked for again \(wrong) were wrong."
        ]
        if let left = try await probe.callsUnderWayWhenQuiet() {
            sample.others[.callsLeft] = Double(left)
            sample.tally.failed += left
            sample.remarks[0] += " The server has \(left) calls under way."
        }
        if let failure = sample.tally.failure { Output.error("A call failed: \(failure)") }
        return sample
    }

    private static func call(
        _ create: CreateScenario, _ number: Int, _ client: RemitClient, cancelledAfter delay: UInt64
    ) async -> (CallOutcome, RPCError?) {
        let call = create.call(number, tenant: 0)
        let request = call.request.encoded()
        return await withTaskGroup(of: Result<Void, RPCError>?.self) { group in
            group.addTask {
                do throws(RPCError) {
                    let answer = try await client.unary(call.method, request: request, options: call.options)
                    try create.check(answer.message.span, answer.info, to: number, tenant: 0)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: .nanoseconds(Int64(delay)))
                return nil
            }
            // Whichever ends first ends the other; the call then still says what became of it.
            var ended: Result<Void, RPCError>?
            while let result = await group.next() {
                if let result { ended = result }
                group.cancelAll()
            }
            switch ended {
            case .success: return (.good, nil)
            case .failure(let error) where error.code == .cancelled: return (.cancelled, error)
            case .failure(let error): return (CallOutcome(error), nil)
            case nil: preconditionFailure("The call has ended.")
            }
        }
    }

    /// Sends cancelled calls again, twice each; how many weren't answered as they must be.
    private static func askAgain(
        _ create: CreateScenario, _ calls: [(number: Int, neverRan: Bool)], _ client: RemitClient
    ) async -> Int {
        var wrong = 0
        for (number, neverRan) in calls {
            let call = create.call(number, tenant: 0)
            let request = call.request.encoded()
            do throws(RPCError) {
                let first = try await client.unary(call.method, request: request, options: call.options)
                let second = try await client.unary(call.method, request: request, options: call.options)
                let made = try create.payment(in: first.message.span, number)
                let same = try create.payment(in: second.message.span, number)
                guard made == same, second.info.replayed, !neverRan || !first.info.replayed else {
                    throw .wrongAnswer("a payment whose call was cancelled isn't there once")
                }
            } catch {
                if wrong == 0 { Output.error("A call failed: \(error)") }
                wrong += 1
            }
        }
        return wrong
    }
}

extension CancelStorm.Counts {
    /// Counts a call that was cancelled with an error, or wasn't.
    mutating func count(_ number: Int, _ cancelled: RPCError?) {
        guard let cancelled else {
            answered += 1
            return
        }
        if cancelled.notProcessed { neverRan += 1 } else { self.cancelled += 1 }
        if again.count < CancelStorm.askedAgainMax { again.append((number, cancelled.notProcessed)) }
    }
}
