/// What is known about a method without its service; as cheap to pass as a reference.
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

    // A table of methods is read on every call: five words and three strings would be copied each time.
    private final class Facts: Sendable {
        let fullName: String
        let kind: Kind
        let idempotency: Idempotency
        let requestType: String
        let responseType: String

        init(
            fullName: String, kind: Kind, idempotency: Idempotency, requestType: String, responseType: String
        ) {
            self.fullName = fullName
            self.kind = kind
            self.idempotency = idempotency
            self.requestType = requestType
            self.responseType = responseType
        }
    }

    private let facts: Facts

    /// The full name, such as `remit.v1.PaymentService/GetPayment`.
    public var fullName: String { facts.fullName }
    /// Which side sends how many messages.
    public var kind: Kind { facts.kind }
    /// What calling twice does.
    public var idempotency: Idempotency { facts.idempotency }
    /// Full name of the request's message type.
    public var requestType: String { facts.requestType }
    /// Full name of the response's message type.
    public var responseType: String { facts.responseType }

    /// Describes a method; generated code calls it.
    public init(
        fullName: String, kind: Kind = .unary, idempotency: Idempotency = .unspecified, requestType: String,
        responseType: String
    ) {
        facts = Facts(
            fullName: fullName, kind: kind, idempotency: idempotency, requestType: requestType,
            responseType: responseType)
    }

    /// Whether both describe the same method in the same way.
    public static func == (left: MethodDescriptor, right: MethodDescriptor) -> Bool {
        left.facts === right.facts
            || left.fullName == right.fullName && left.kind == right.kind && left.idempotency == right.idempotency
                && left.requestType == right.requestType && left.responseType == right.responseType
    }

    /// Hashes the name, which no two methods of a server share.
    public func hash(into hasher: inout Hasher) { hasher.combine(fullName) }
}
