import RemitDomain

/// Reads the envelope of an event, and the object in it where Remit reads such objects.
enum StripeEventReader {
    static func event(from body: JSONValue) throws(MalformedEvent) -> ProcessorEvent {
        guard body["object"]?.string == "event", let id = body["id"]?.string, let type = body["type"]?.string,
            let created = body["created"]?.integer, !id.isEmpty
        else { throw MalformedEvent(message: "The body isn't an event.") }
        guard let object = body["data"]?["object"] else {
            throw MalformedEvent(message: "The event has no object.")
        }
        var fact: ProcessorFact?
        do {
            fact = try StripeObjectReader.fact(from: object)
        } catch {
            throw MalformedEvent(message: error.message)
        }
        // The event shows the customer as it was; only its type says that it is gone.
        if type == "customer.deleted", case .customer(var customer)? = fact {
            customer.deleted = true
            fact = .customer(customer)
        }
        return ProcessorEvent(
            id: id, type: type, created: Timestamp(seconds: created), livemode: body["livemode"]?.bool ?? false,
            account: body["account"]?.string, attemptKey: body["request"]?["idempotency_key"]?.string, fact: fact)
    }
}
