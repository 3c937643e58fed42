package import RemitDomain

/// A mutation that the tenant carries out in its phases.
///
/// A new verb is a new type, not a case.
package protocol Verb: Sendable {
    static var method: OperationMethod { get }
}

extension CreatePayment: Verb { package static var method: OperationMethod { .createPayment } }
extension ExecutePayment: Verb { package static var method: OperationMethod { .executePayment } }
extension ProcessPayment: Verb { package static var method: OperationMethod { .processPayment } }
extension CapturePayment: Verb { package static var method: OperationMethod { .capturePayment } }
extension RefundPayment: Verb { package static var method: OperationMethod { .refundPayment } }
extension CreateCustomer: Verb { package static var method: OperationMethod { .createCustomer } }
