/// What is known about a method without its service.
public struct MethodDescriptor: Sendable, Hashable {
    /// Which side sends how many messages.
    public enum Kind: Sendable, Hashable {
        /// One request, one response.
        case unary
        /// One request, any number of responses.
        case serverStreaming
    }

    /// What calling twice does, as the contract declares it.
    public enum Idempotency: Sendable, Hashable {
        /// Nothing is said.
        case unspecified
        /// Calling has no side effect: it may be repeated blindly.
        case noSideEffects
        /// Calling twice does what calling once does.
        case idempotent
    }

    /// The full name, such as `remit.v1.PaymentService/GetPayment`.
    public var fullName: String
    /// Which side sends how many messages.
    public var kind: Kind
    /// What calling twice does.
    public var idempotency: Idempotency
    /// Full name of the request's message type.
    public var requestType: String
    /// Full name of the response's message type.
    public var responseType: String

    /// Describes a method; generated code calls it.
    public init(
        fullName: String, kind: Kind = .unary, idempotency: Idempotency = .unspecified, requestType: String,
        responseType: String
    ) {
        self.fullName = fullName
        self.kind = kind
        self.idempotency = idempotency
        self.requestType = requestType
        self.responseType = responseType
    }
}
