import RemitAPI
import RemitRPC
import RemitWire

/// The newest payments of a customer that cost more than an amount: a page of 25.
struct FindScenario: Scenario {
    let tenants: [LoadTenant]

    static let pageSize: Int32 = 25
    /// Minor units; some half of the payments cost more.
    static let amountMin: Int64 = 3_000

    func call(_ number: Int, tenant: Int) -> LoadCall {
        var request = FindPaymentsRequest()
        request.filter = Self.filter(customer: tenants[tenant].customer)
        request.pageSize = Self.pageSize
        return LoadCall(
            method: PaymentServiceMethods.findPayments, request: request,
            options: CallOptions(tenant: tenants[tenant].id))
    }

    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
        let response: FindPaymentsResponse = try decodeResponse(
            answer, of: PaymentServiceMethods.findPayments)
        guard !response.payments.isEmpty, response.payments.count <= Int(Self.pageSize) else {
            throw .wrongAnswer("the page has \(response.payments.count) payments")
        }
        var newest = Int64.max
        for payment in response.payments {
            guard payment.customerId == tenants[tenant].customer, payment.amount >= Self.amountMin,
                payment.createdAtMs <= newest, payment.bytesRead > 0
            else { throw .wrongAnswer("a payment doesn't match, or stands at a wrong place") }
            newest = payment.createdAtMs
        }
    }

    private static func filter(customer: String) -> Filter {
        .with {
            $0.node = .and(
                .with {
                    $0.filters = [
                        comparison("customer_id", .eq, .text(customer)),
                        comparison("amount", .gte, .integer(amountMin)),
                    ]
                })
        }
    }

    private static func comparison(_ field: String, _ relation: Operator, _ value: Value.Kind) -> Filter {
        .with {
            $0.node = .compare(
                .with {
                    $0.field = field
                    $0.operator = relation
                    $0.values = [.with { $0.kind = value }]
                })
        }
    }
}
