import RemitDomain
import RemitTenant
import RemitWire

/// A verb that a request of the contract asks for.
protocol ParsedVerb: Verb {
    associatedtype Request: Message

    /// Reads the request; its refusal names the field and says what to give.
    init(_ request: Request) throws(PaymentError)

    /// Digests every field of the request as it was understood: another spelling of the same request is the same.
    func digest(into digester: inout FieldDigester)
}
