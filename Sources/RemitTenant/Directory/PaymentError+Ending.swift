import RemitDomain

extension PaymentError {
    /// The process ends; nothing was done.
    static let serverEnding = PaymentError(
        .unavailable, reason: "server_ending",
        message: "The server is going away, nothing was executed; retry with the same idempotency key.",
        notProcessed: true, retryAfterMilliseconds: 1_000)
}
