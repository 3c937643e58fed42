/// What is asked, synchronously and before anything is written, whether a call could be sent now.
///
/// The place of the account's circuit breaker and of its budget.
package struct SendGate: Sendable {
    /// Nil to let the call pass; else the milliseconds after which to try again.
    package var retryAfterMilliseconds: @Sendable () -> Int?

    package init(retryAfterMilliseconds: @escaping @Sendable () -> Int?) {
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// Lets every call pass.
    package static let open = SendGate { nil }
}
