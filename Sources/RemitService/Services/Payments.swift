import RemitAPI
import RemitDomain
import RemitRPC
import RemitTenant
import RemitWire

/// Serves payments: parsing here, all else in the tenant.
struct Payments: PaymentService {
    let core: ServiceCore

    func createPayment(_ request: CreatePaymentRequest, _ call: UnaryCall<CreatePaymentResponse>) {
        core.submit(request, call, as: CreatePayment.self)
    }

    func executePayment(_ request: ExecutePaymentRequest, _ call: UnaryCall<ExecutePaymentResponse>) {
        core.submit(request, call, as: ExecutePayment.self, carriesNextAction: true)
    }

    func processPayment(_ request: ProcessPaymentRequest, _ call: UnaryCall<ProcessPaymentResponse>) {
        core.submit(request, call, as: ProcessPayment.self, carriesNextAction: true)
    }

    func capturePayment(_ request: CapturePaymentRequest, _ call: UnaryCall<CapturePaymentResponse>) {
        core.submit(request, call, as: CapturePayment.self)
    }

    func refundPayment(_ request: RefundPaymentRequest, _ call: UnaryCall<RefundPaymentResponse>) {
        core.submit(request, call, as: RefundPayment.self)
    }

    func getPayment(_ request: GetPaymentRequest, _ call: UnaryCall<GetPaymentResponse>) {
        core.submit(call) { _ throws(PaymentError) in .payment(try PaymentKey(request.key)) }
    }

    func listPaymentHistory(
        _ request: ListPaymentHistoryRequest, _ call: UnaryCall<ListPaymentHistoryResponse>
    ) {
        core.submit(call) { _ throws(PaymentError) in
            guard request.afterOrdinal >= 0 else {
                throw .invalid("after_ordinal", "Give the last ordinal that you have seen, or 0 for the first row.")
            }
            return .history(
                try RequestField.id(request.id), after: request.afterOrdinal,
                limit: try RequestField.pageSize(request.pageSize, standard: 100))
        }
    }

    func findPayments(_ request: FindPaymentsRequest, _ call: UnaryCall<FindPaymentsResponse>) {
        let scope = core.scope(of: call.context)
        let find: FindRequest
        do throws(PaymentError) {
            find = try FindRequest(request, in: scope, core.tokens)
        } catch {
            call.fail(RPCError(error))
            return
        }
        core.startEncoded(call) { [core] () throws(RPCError) in
            do throws(PaymentError) {
                let page = try await core.directory.findPayments(find.query, in: core.tenant(scope))
                let next = page.next.map { core.tokens.token(for: $0, filter: find.filter, in: scope) }
                return try page.encoded(nextPageToken: next ?? "")
            } catch {
                throw RPCError(error)
            }
        }
    }
}

extension PaymentKey {
    fileprivate init(_ key: GetPaymentRequest.Key?) throws(PaymentError) {
        switch key {
        case .id(let text): self = .id(try RequestField.id(text))
        case .orderId(let text): self = .order(try RequestField.requiredID(text, "order_id"))
        case .stripePaymentId(let text): self = .stripe(try RequestField.requiredID(text, "stripe_payment_id"))
        case nil: throw .invalid("key", "Give one of id, order_id, stripe_payment_id.")
        }
    }
}
