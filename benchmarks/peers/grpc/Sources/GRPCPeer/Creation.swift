import Crypto
import Foundation
import SwiftProtobuf

/// A create, with all that can be worked out before the database is held.
struct Creation: Sendable {
    static let principal = "key_01KE0QZ3V8"

    let payment: Remit_V1_Payment
    /// The payment's message, as it is stored.
    let blob: Data
    /// Nil without a customer.
    let customer: String?
    let metadata: String
    let idempotencyKey: String
    /// Tells another request under the same key.
    let digest: Data
    let operation: String
    let event: String

    init(_ request: Remit_V1_CreatePaymentRequest, idempotencyKey: String) throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        var payment = Remit_V1_Payment()
        payment.id = "payment_" + TimeOrderedID.next(milliseconds: now)
        payment.version = 1
        payment.createdAtMs = now
        payment.updatedAtMs = now
        payment.createdBy = Self.principal
        payment.amount = request.amount
        payment.currency = request.currency
        payment.status = .pending
        payment.stage = .new
        payment.paymentMethod = request.paymentMethod
        payment.customerID = request.customerID
        payment.orderID = request.orderID
        payment.captureMethod = request.captureMethod == .manual ? .manual : .automatic
        payment.type = request.type == .recurring ? .recurring : .oneTime
        payment.metadata = request.metadata
        payment.description_p = request.description_p
        self.payment = payment
        blob = try payment.serializedBytes()
        customer = request.customerID.isEmpty ? nil : request.customerID
        metadata =
            request.metadata.isEmpty ? "" : String(decoding: try JSONEncoder().encode(request.metadata), as: UTF8.self)
        self.idempotencyKey = idempotencyKey
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        let bytes: [UInt8] = try request.serializedBytes(options: options)
        digest = Data(SHA256.hash(data: bytes))
        operation = "operation_" + TimeOrderedID.next(milliseconds: now)
        event = "event_" + TimeOrderedID.next(milliseconds: now)
    }
}
