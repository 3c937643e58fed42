import RemitAPI
import RemitDomain
import RemitWire

/// A find as it was understood.
struct FindRequest {
    private(set) var query = PaymentQuery()
    /// The filter's bytes, which page tokens are sealed to.
    let filter: [UInt8]

    /// Reads a request by `scope`; the page token must be one that `tokens` gave to the same caller for the same filter.
    init(_ request: FindPaymentsRequest, in scope: Scope, _ tokens: PageTokens) throws(PaymentError) {
        filter = request.filter?.encoded() ?? []
        if let filter = request.filter { query.filter = try FilterReader.read(filter) }
        try Self.checkOrder(request.order)
        if let relation = request.include.first {
            throw .invalid("include", "Including `\(relation.prefix(64))` isn't served yet; read it by its id.")
        }
        query.limit = try RequestField.pageSize(request.pageSize, standard: PaymentQuery.limitDefault)
        query.counts = request.count
        if !request.pageToken.isEmpty {
            query.after = try tokens.paymentPosition(request.pageToken, filter: filter, in: scope)
        }
    }

    private static func checkOrder(_ order: [Order]) throws(PaymentError) {
        guard let first = order.first else { return }
        guard PaymentFieldNames.all.contains(first.field) else {
            throw .invalid("order", "A payment has no field `\(first.field.prefix(64))`; leave order out.")
        }
        guard order.count == 1, first.field == "created_at_ms", first.descending else {
            throw .invalid("order", "Only created_at_ms, descending, is served yet; leave order out for it.")
        }
    }
}
