import RemitDomain

/// Where a change came from, for the history row and the event that tell of it.
struct News {
    var source: HistorySource
    /// The verb or the event's type.
    var update: String
    var actor: String
    var operation: OperationID?
    var stripeEventID: String?

    /// A caller's verb.
    static func call(_ method: OperationMethod, by principal: PrincipalID, _ operation: OperationID?) -> News {
        News(source: .rpc, update: method.verbName, actor: principal.text, operation: operation)
    }

    /// The processor's answer to a caller's verb.
    static func answer(to operation: Operation) -> News {
        News(source: .rpc, update: operation.method.verbName, actor: operation.principal.text, operation: operation.id)
    }

    static func webhook(_ event: ProcessorEvent) -> News {
        News(source: .webhook, update: event.type, actor: "stripe", stripeEventID: event.id)
    }

    /// A GET of the processor's object.
    static let fetch = News(source: .refetch, update: "fetched", actor: "stripe")

    /// Recovery and the completer.
    static func reconciliation(of operation: Operation) -> News {
        News(
            source: .reconcile, update: operation.method.verbName, actor: operation.principal.text,
            operation: operation.id)
    }
}

extension OperationMethod {
    /// The verb in history rows and events.
    package var verbName: String {
        switch self {
        case .createPayment, .createCustomer, .createTenant: "create"
        case .executePayment: "execute"
        case .processPayment: "process"
        case .capturePayment: "capture"
        case .refundPayment: "refund"
        }
    }

    /// Whether it may charge.
    package var isCharge: Bool {
        switch self {
        case .executePayment, .processPayment: true
        case .createPayment, .capturePayment, .refundPayment, .createCustomer, .createTenant: false
        }
    }

    /// Whether its call to the processor holds the payment's lock; a refund holds it in phase 1 only.
    package var holdsLock: Bool {
        switch self {
        case .executePayment, .processPayment, .capturePayment: true
        case .createPayment, .refundPayment, .createCustomer, .createTenant: false
        }
    }
}
