/// The processor of one tenant (Stripe), seen from the tenant: values in, values out; it keeps no state of payments.
///
/// Every asynchronous requirement is `@concurrent`: it must not run on the storage thread that starts it.
package protocol PaymentProcessor: Sendable {
    /// Makes the call that would carry out `intent`, without sending it.
    ///
    /// Asks, synchronously, for what would stop it: the tenant's key, the breaker, the budget, the currency's scale.
    func prepare(_ intent: ProcessorIntent, _ identity: CallIdentity) throws(NotSent) -> PreparedCall

    /// Sends a prepared call once, byte for byte; retries are the caller's, since each send is recorded first.
    @concurrent func send(_ call: PreparedCall) async -> Answer

    /// Reads one object as it is now.
    @concurrent func fetch(_ object: ProcessorObject) async -> Fetched

    /// Seeks what a call of an unknown outcome may have made, by listing and by the object's state.
    @concurrent func lookUp(_ call: PreparedCall) async -> LookedUp

    /// Reads a webhook's body, whose signature was verified.
    func received(webhook body: [UInt8]) throws(MalformedEvent) -> ReceivedWebhook

    /// Reads a webhook's stored copy, ``ReceivedWebhook/redacted``.
    func event(fromStored body: [UInt8]) throws(MalformedEvent) -> ProcessorEvent
}

/// What the tenant wants done at the processor.
package enum ProcessorIntent: Hashable, Sendable {
    case createCustomer(Customer)
    /// Makes and confirms a payment intent.
    case charge(Payment, terms: ChargeTerms)
    /// Confirms the payment's existing payment intent with another payment method.
    case confirm(Payment, terms: ChargeTerms)
    /// Captures `amount` minor units; the rest is released.
    case capture(Payment, amount: Int64)
    /// Cancels the payment's payment intent.
    case cancel(Payment)
    case refund(Refund, of: Payment)
}

/// How a charge is confirmed.
package struct ChargeTerms: Hashable, Sendable {
    package var paymentMethod: String
    /// The customer's id at Stripe.
    package var stripeCustomerID: String?
    package var returnURL: String?
    package var offSession: Bool
    package var captureMethod: CaptureMethod

    package init(
        paymentMethod: String, stripeCustomerID: String? = nil, returnURL: String? = nil, offSession: Bool = false,
        captureMethod: CaptureMethod = .automatic
    ) {
        self.paymentMethod = paymentMethod
        self.stripeCustomerID = stripeCustomerID
        self.returnURL = returnURL
        self.offSession = offSession
        self.captureMethod = captureMethod
    }
}

/// Who calls: goes into the attempt key `remit:{tenant}:{operation}:{step}:{attempt}` and the object's metadata.
package struct CallIdentity: Hashable, Sendable {
    package var tenant: TenantID
    package var operation: OperationID
    /// The call's ordinal within its operation, from 1.
    package var step: Int
    /// The payment's attempt; 1 for what has none.
    package var attempt: Int
    /// A digest of principal and idempotency key, from which keys are rebuilt after a restore; empty without a key.
    package var keyDigest: String

    package init(tenant: TenantID, operation: OperationID, step: Int, attempt: Int, keyDigest: String = "") {
        self.tenant = tenant
        self.operation = operation
        self.step = step
        self.attempt = attempt
        self.keyDigest = keyDigest
    }

    package var attemptKey: String { "remit:\(tenant.text):\(operation.text):\(step):\(attempt)" }
}

/// A call as it will be sent, and sent again, byte for byte.
///
/// Stored by phase 1; holds no secret.
package struct PreparedCall: Hashable, Sendable {
    /// Opaque to the tenant: method, path, body, version.
    package var bytes: [UInt8]
    /// Stripe's Idempotency-Key.
    package var attemptKey: String
    /// The account that it goes to, and where its outcome must be looked for.
    package var account: String
    package var livemode: Bool

    package init(bytes: [UInt8], attemptKey: String, account: String, livemode: Bool) {
        self.bytes = bytes
        self.attemptKey = attemptKey
        self.account = account
        self.livemode = livemode
    }
}

/// Why a call can't even be sent.
///
/// Nothing was executed.
package enum NotSent: Error, Hashable, Sendable {
    /// The tenant has no key at the processor.
    case notConfigured
    /// The breaker is open or the budget is spent; try again after so many milliseconds.
    case unavailable(retryAfterMilliseconds: Int)
    /// The row belongs to another account than the tenant's present key.
    case accountChanged
    /// A value that the processor can't take, such as an amount that its scale can't express.
    case invalid(field: String, message: String)
}

/// What one send was answered.
package struct Answer: Hashable, Sendable {
    package var word: AnswerWord
    /// The answer's `Date`, where there was one.
    package var date: Timestamp?
    /// The processor replayed the key's first result: it speaks of the past.
    package var replayed: Bool
    /// The retry rule of Stripe's own SDKs says: send the same bytes again.
    package var mayRetry: Bool
    /// The processor's request id, for logs and history.
    package var requestID: String?

    package init(
        _ word: AnswerWord, date: Timestamp? = nil, replayed: Bool = false, mayRetry: Bool = false,
        requestID: String? = nil
    ) {
        self.word = word
        self.date = date
        self.replayed = replayed
        self.mayRetry = mayRetry
        self.requestID = requestID
    }
}

/// The word of one answer; what it means for the operation is the operation's to say.
package enum AnswerWord: Hashable, Sendable {
    /// 2xx: the object as it is.
    case fact(ProcessorFact)
    /// 402: a result, not an error; the payment intent as it is now, where the answer carries it.
    case declined(PaymentFailure, PaymentSnapshot?)
    /// 400 or 404: the request was refused. `aboutExistingObject`: the object's state forbids it, so read it first.
    case refused(code: String, param: String?, message: String, aboutExistingObject: Bool)
    /// 401 or 403: the tenant's key is wrong or lacks a right.
    case credentialsRefused
    /// 409 key in use, or 429: not executed by this send.
    case notExecuted(code: String)
    /// 5xx, timeout, reset: no answer.
    case noAnswer
    /// A replayed 5xx: all that this key will ever say. Look it up.
    case keySpent
    /// `idempotency_error`: the bytes differ from those first sent with this key. An alarm; the outcome is unknown.
    case parameterMismatch
}

/// An object of the processor's that can be read.
package enum ProcessorObject: Hashable, Sendable {
    case paymentIntent(String)
    case charge(String)
    case refund(String)
    case customer(String)
}

/// What reading an object found.
package enum Fetched: Hashable, Sendable {
    case found(ProcessorFact, date: Timestamp)
    case missing
    /// No answer, or refused; try again later.
    case unavailable
}

/// What looking for a call's effect found.
package enum LookedUp: Hashable, Sendable {
    /// The effect, as it is now.
    case found(ProcessorFact, date: Timestamp)
    /// Nothing, or the object as it was before the call. Proves nothing before the key is 24 h old.
    case nothing(date: Timestamp)
    case unavailable
}

/// A webhook body that can't be read as an event.
package struct MalformedEvent: Error, Hashable, Sendable {
    package var message: String

    package init(message: String) {
        self.message = message
    }
}
