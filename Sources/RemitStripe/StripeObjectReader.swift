import RemitDomain

/// Reads Stripe's objects; knows the shapes of the pinned version and of those before it.
enum StripeObjectReader {
    /// The fact that an object states; nil for kinds that Remit doesn't read.
    static func fact(from object: JSONValue) throws(MalformedObject) -> ProcessorFact? {
        switch object["object"]?.string {
        case "payment_intent": .payment(try payment(from: object))
        case "charge": .charge(try charge(from: object))
        case "refund": .refund(try refund(from: object))
        case "customer": .customer(try customer(from: object))
        default: nil
        }
    }

    static func payment(from object: JSONValue) throws(MalformedObject) -> PaymentSnapshot {
        let currency = try currency(of: object)
        let stage = try stage(of: object)
        return PaymentSnapshot(
            stripePaymentID: try id(of: object), stage: stage, amount: try money("amount", of: object),
            amountCapturable: amount("amount_capturable", of: object, in: currency),
            amountCaptured: amount("amount_received", of: object, in: currency),
            latestChargeID: latestCharge(of: object),
            paymentMethod: object["payment_method"]?.reference
                ?? object["last_payment_error"]?["payment_method"]?.reference,
            captureMethod: object["capture_method"]?.string == "manual" ? .manual : .automatic,
            failure: stage == .declined ? object["last_payment_error"].map(failure) : nil,
            nextActionURL: object["next_action"]?["redirect_to_url"]?["url"]?.string,
            livemode: object["livemode"]?.bool ?? false, created: created(of: object), origin: origin(of: object))
    }

    static func charge(from object: JSONValue) throws(MalformedObject) -> ChargeSnapshot {
        let currency = try currency(of: object)
        let amount = try money("amount", of: object)
        let captured = object["captured"]?.bool ?? false
        // Versions before 2020 have no amount_captured: there, what wasn't captured was refunded.
        let amountCaptured =
            object["amount_captured"]?.integer.map { StripeScale.minorUnits(stripeAmount: $0, in: currency) }
            ?? (captured ? amount.minorUnits : 0)
        return ChargeSnapshot(
            stripeChargeID: try id(of: object), stripePaymentID: object["payment_intent"]?.reference, amount: amount,
            amountCaptured: amountCaptured,
            amountRefunded: self.amount("amount_refunded", of: object, in: currency), captured: captured,
            livemode: object["livemode"]?.bool ?? false, created: created(of: object), origin: origin(of: object))
    }

    static func refund(from object: JSONValue) throws(MalformedObject) -> RefundSnapshot {
        let rawReason = object["reason"]?.string ?? ""
        let reason: RefundReason =
            switch rawReason {
            case "duplicate": .duplicate
            case "fraudulent": .fraudulent
            case "requested_by_customer": .requestedByCustomer
            default: .none
            }
        let status: RefundStatus
        switch object["status"]?.string {
        case "pending": status = .pending
        case "requires_action": status = .requiresAction
        case "succeeded": status = .succeeded
        case "failed": status = .failed
        case "canceled": status = .canceled
        default: throw MalformedObject(message: "The refund's status is unknown.")
        }
        return RefundSnapshot(
            stripeRefundID: try id(of: object), stripePaymentID: object["payment_intent"]?.reference,
            stripeChargeID: object["charge"]?.reference, amount: try money("amount", of: object), status: status,
            reason: reason, rawReason: rawReason, failureReason: object["failure_reason"]?.string,
            created: created(of: object), origin: origin(of: object))
    }

    static func customer(from object: JSONValue) throws(MalformedObject) -> CustomerSnapshot {
        CustomerSnapshot(
            stripeCustomerID: try id(of: object), deleted: object["deleted"]?.bool ?? false,
            livemode: object["livemode"]?.bool ?? false, origin: origin(of: object))
    }

    /// What an error or a `last_payment_error` says of a decline.
    static func failure(from error: JSONValue) -> PaymentFailure {
        PaymentFailure(
            code: error["code"]?.string ?? "card_declined", declineCode: error["decline_code"]?.string ?? "",
            message: error["message"]?.string ?? "")
    }

    private static func stage(of intent: JSONValue) throws(MalformedObject) -> PaymentStage {
        switch intent["status"]?.string {
        case "requires_payment_method":
            guard let error = intent["last_payment_error"], error != .null else { return .requiresPaymentMethod }
            return .declined
        case "requires_confirmation": return .requiresConfirmation
        case "requires_action": return .requiresAction
        case "processing": return .processing
        case "requires_capture": return .authorized
        case "succeeded": return .captured
        case "canceled":
            let reason = intent["cancellation_reason"]?.string
            return reason == "automatic" || reason == "expired" ? .expired : .canceled
        default: throw MalformedObject(message: "The payment intent's status is unknown.")
        }
    }

    /// `latest_charge`, or the newest of `charges.data` in versions before 2022-11-15.
    private static func latestCharge(of intent: JSONValue) -> String? {
        intent["latest_charge"]?.reference ?? intent["charges"]?["data"]?.array?.first?.reference
    }

    private static func id(of object: JSONValue) throws(MalformedObject) -> String {
        guard let id = object["id"]?.string, !id.isEmpty else {
            throw MalformedObject(message: "The object has no id.")
        }
        return id
    }

    private static func currency(of object: JSONValue) throws(MalformedObject) -> Currency {
        guard let code = object["currency"]?.string, let currency = Currency(code) else {
            throw MalformedObject(message: "The object has no known currency.")
        }
        return currency
    }

    private static func money(_ member: String, of object: JSONValue) throws(MalformedObject) -> Money {
        let currency = try currency(of: object)
        guard let amount = object[member]?.integer else {
            throw MalformedObject(message: "The object has no \(member).")
        }
        return Money(minorUnits: StripeScale.minorUnits(stripeAmount: amount, in: currency), currency: currency)
    }

    private static func amount(_ member: String, of object: JSONValue, in currency: Currency) -> Int64 {
        StripeScale.minorUnits(stripeAmount: object[member]?.integer ?? 0, in: currency)
    }

    private static func created(of object: JSONValue) -> Timestamp {
        Timestamp(seconds: object["created"]?.integer ?? 0)
    }

    private static func origin(of object: JSONValue) -> ObjectOrigin {
        guard let metadata = object["metadata"] else { return ObjectOrigin() }
        return ObjectOrigin(
            tenant: metadata["remit_tenant"]?.string ?? "", entity: metadata["remit_id"]?.string ?? "",
            operation: metadata["remit_operation"]?.string ?? "", key: metadata["remit_key"]?.string ?? "",
            orderID: metadata["order_id"]?.string ?? metadata["orderId"]?.string ?? "")
    }
}
