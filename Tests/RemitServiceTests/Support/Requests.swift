import RemitAPI
import RemitWire

// Requests that are right; a test says what it makes wrong.

extension CreatePaymentRequest {
    static var valid: Self {
        with {
            $0.amount = 4_900
            $0.currency = "usd"
        }
    }
}

extension ExecutePaymentRequest {
    static var valid: Self {
        with {
            $0.id = "payment_1"
            $0.offSession = true
        }
    }
}

extension ProcessPaymentRequest {
    static var valid: Self {
        with {
            $0.orderId = "order-1"
            $0.amount = 4_900
            $0.currency = "usd"
            $0.paymentMethod = "pm_card_visa"
            $0.returnUrl = "https://shop.example/return"
        }
    }
}

extension CapturePaymentRequest {
    static var valid: Self { with { $0.id = "payment_1" } }
}

extension RefundPaymentRequest {
    static var valid: Self { with { $0.id = "payment_1" } }
}

extension CreateCustomerRequest {
    static var valid: Self {
        with {
            $0.name = "Ada"
            $0.email = "ada@example.com"
        }
    }
}

extension Filter {
    static func compare(_ field: String, _ op: Operator, _ values: Value.Kind?...) -> Filter {
        with {
            $0.node = .compare(
                .with {
                    $0.field = field
                    $0.operator = op
                    $0.values = values.map { kind in .with { $0.kind = kind } }
                })
        }
    }

    static func all(_ filters: [Filter]) -> Filter {
        with { $0.node = .and(.with { $0.filters = filters }) }
    }

    static func any(_ filters: [Filter]) -> Filter {
        with { $0.node = .or(.with { $0.filters = filters }) }
    }

    static func not(_ filter: Filter) -> Filter {
        with { $0.node = .not(filter) }
    }
}
