/// A closure as a turn, or as what a timer calls.
final class ThreadJob: TurnTaker {
    private let job: @Sendable () -> Void

    init(_ job: @escaping @Sendable () -> Void) {
        self.job = job
    }

    func takeTurn() { job() }

    func timerFired() { job() }
}
