public import RemitRPC

/// When a failed call is made again, and after which pause.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all, the first one included; 1: never again.
    public var attemptsMax: UInt32
    /// The first pause; each further one doubles.
    public var firstPause: Duration
    /// The longest pause that the client chooses; a server may ask for more.
    public var pauseMax: Duration

    /// A policy; the defaults bring four attempts within about a third of a second.
    public init(attemptsMax: UInt32 = 4, firstPause: Duration = .milliseconds(50), pauseMax: Duration = .seconds(2)) {
        self.attemptsMax = attemptsMax
        self.firstPause = firstPause
        self.pauseMax = pauseMax
    }

    /// Whether repeating the call can do no harm, and may help.
    public func isRetryable(_ error: RPCError, _ method: MethodDescriptor, _ options: CallOptions) -> Bool {
        let isTransient = error.code == .unavailable || error.code == .aborted || error.code == .resourceExhausted
        guard isTransient, error.reason != "message_too_large" else { return false }
        if error.notProcessed { return true }
        guard error.code != .resourceExhausted else { return false }
        return method.idempotency != .unspecified || options.idempotencyKey != nil
    }

    /// How long to wait before the next attempt, between half and all of the step; nil: no further attempt.
    func pause(
        after error: RPCError, attempt: UInt32, _ method: MethodDescriptor, _ options: CallOptions
    ) -> Duration? {
        guard attempt + 1 < attemptsMax, isRetryable(error, method, options) else { return nil }
        let step = min(firstPause * (1 << min(attempt, 16)), pauseMax)
        let jittered = step / 2 + step / 2 * Double.random(in: 0...1)
        guard let asked = error.retryAfterMilliseconds else { return jittered }
        return max(jittered, .milliseconds(Int64(asked)))
    }
}
