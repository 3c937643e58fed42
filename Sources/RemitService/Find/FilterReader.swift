import RemitAPI
import RemitDomain

/// Reads the contract's filter into a ``PaymentQuery``; what is not served is refused by name, never ignored.
struct FilterReader {
    /// Deeper filters than people write cost stack and say nothing more.
    static let depthMax = 10
    /// As the contract says; one comparison of each served field takes a fraction of it.
    static let nodesMax = 64
    /// Values of one comparison.
    static let valuesMax = 100

    private(set) var query = PaymentQuery()
    /// Whether the conditions exclude each other, so that nothing can match.
    private(set) var isEmpty = false

    private var statuses: Set<RemitDomain.PaymentStatus>?
    private var nodes = 0

    /// The fields that a find can filter by now; the others are refused as not served yet.
    private static let served = "customer_id, status and created_at_ms"

    mutating func read(_ filter: Filter) throws(PaymentError) {
        try read(filter, .root, depth: 1)
        guard let statuses else { return }
        if statuses.isEmpty { isEmpty = true }
        query.statuses = statuses.sorted { $0.rawValue < $1.rawValue }
    }

    private mutating func read(_ filter: Filter, _ path: FilterPath, depth: Int) throws(PaymentError) {
        nodes += 1
        guard depth <= Self.depthMax else {
            throw .invalid("filter", "Nest filters at most \(Self.depthMax) levels deep.")
        }
        guard nodes <= Self.nodesMax else {
            throw .invalid("filter", "Give at most \(Self.nodesMax) filters in all.")
        }
        switch filter.node {
        case .compare(let comparison):
            try read(comparison, path.appending("compare"))
        case .and(let list):
            guard !list.filters.isEmpty else {
                throw .invalid(path.appending("and").text, "Give at least one filter.")
            }
            for (index, inner) in list.filters.enumerated() {
                try read(inner, path.appending("and").appending("filters", index), depth: depth + 1)
            }
        case .or:
            throw .invalid(path.appending("or").text, "`or` isn't served yet; use `in` on one field, or several calls.")
        case .not:
            throw .invalid(path.appending("not").text, "`not` isn't served yet; use `ne` or `nin` on `status`.")
        case nil:
            throw .invalid(path.text, "Give one of compare, and, or, not.")
        }
    }

    private mutating func read(_ comparison: Comparison, _ path: FilterPath) throws(PaymentError) {
        guard comparison.values.count <= Self.valuesMax else {
            throw .invalid(path.appending("values").text, "Give at most \(Self.valuesMax) values.")
        }
        guard comparison.operator.name != nil, comparison.operator != .unspecified else {
            throw .invalid(path.appending("operator").text, "Give one of eq, ne, gt, gte, lt, lte, in, nin, exists.")
        }
        switch comparison.field {
        case "customer_id": try readCustomer(comparison, path)
        case "status": try readStatus(comparison, path)
        case "created_at_ms": try readCreatedAt(comparison, path)
        default:
            let field = path.appending("field").text
            if PaymentFieldNames.all.contains(comparison.field) {
                throw .invalid(field, "Filtering by `\(comparison.field)` isn't served yet; use \(Self.served).")
            }
            throw .invalid(field, "A payment has no field `\(comparison.field.prefix(64))`; use \(Self.served).")
        }
    }

    private mutating func readCustomer(_ comparison: Comparison, _ path: FilterPath) throws(PaymentError) {
        guard comparison.operator == .eq else { throw notServed(comparison, path, serves: "eq") }
        guard let text = try texts(comparison, path).first, !text.isEmpty else {
            throw .invalid(path.appending("values").text, "Give the id of a customer.")
        }
        let customer = CustomerID(text)
        if let other = query.customer, other != customer { isEmpty = true }
        query.customer = customer
    }

    private mutating func readStatus(_ comparison: Comparison, _ path: FilterPath) throws(PaymentError) {
        var named: Set<RemitDomain.PaymentStatus> = []
        for text in try texts(comparison, path) {
            let status = RemitDomain.PaymentStatus.allCases.first { $0.filterName == text }
            guard let status else {
                let names = RemitDomain.PaymentStatus.allCases.map(\.filterName).joined(separator: ", ")
                throw .invalid(path.appending("values").text, "Give statuses out of \(names).")
            }
            named.insert(status)
        }
        switch comparison.operator {
        case .eq, .in: break
        case .ne, .nin: named = Set(RemitDomain.PaymentStatus.allCases).subtracting(named)
        default: throw notServed(comparison, path, serves: "eq, ne, in, nin")
        }
        statuses = statuses.map { $0.intersection(named) } ?? named
    }

    private mutating func readCreatedAt(_ comparison: Comparison, _ path: FilterPath) throws(PaymentError) {
        guard comparison.values.count == 1, case .integer(let milliseconds)? = comparison.values[0].kind else {
            throw .invalid(path.appending("values").text, "Give one integer: Unix time in milliseconds.")
        }
        switch comparison.operator {
        case .eq: narrow(from: milliseconds, through: milliseconds)
        case .gte: narrow(from: milliseconds)
        case .lte: narrow(through: milliseconds)
        case .gt:
            let (next, overflow) = milliseconds.addingReportingOverflow(1)
            if overflow { isEmpty = true } else { narrow(from: next) }
        case .lt:
            let (previous, overflow) = milliseconds.subtractingReportingOverflow(1)
            if overflow { isEmpty = true } else { narrow(through: previous) }
        default: throw notServed(comparison, path, serves: "eq, gt, gte, lt, lte")
        }
    }

    private mutating func narrow(from: Int64? = nil, through: Int64? = nil) {
        if let from {
            query.createdFrom = max(query.createdFrom ?? Timestamp(milliseconds: from), Timestamp(milliseconds: from))
        }
        if let through {
            let bound = Timestamp(milliseconds: through)
            query.createdThrough = min(query.createdThrough ?? bound, bound)
        }
        if let first = query.createdFrom, let last = query.createdThrough, first > last { isEmpty = true }
    }

    /// The comparison's values as texts: one, or 1 … 100 for `in` and `nin`.
    private func texts(_ comparison: Comparison, _ path: FilterPath) throws(PaymentError) -> [String] {
        let takesMany = comparison.operator == .in || comparison.operator == .nin
        guard takesMany ? !comparison.values.isEmpty : comparison.values.count == 1 else {
            let count = takesMany ? "1 … \(Self.valuesMax) values" : "one value"
            throw .invalid(path.appending("values").text, "Give \(count).")
        }
        var texts: [String] = []
        for value in comparison.values {
            guard case .text(let text)? = value.kind else {
                throw .invalid(path.appending("values").text, "Give texts for `\(comparison.field)`.")
            }
            texts.append(text)
        }
        return texts
    }

    private func notServed(_ comparison: Comparison, _ path: FilterPath, serves: String) -> PaymentError {
        .invalid(
            path.appending("operator").text,
            "`\(comparison.operator)` on `\(comparison.field)` isn't served yet; use \(serves).")
    }
}

extension RemitDomain.PaymentStatus {
    /// The contract's name, lower-case and without its prefix.
    var filterName: String {
        switch self {
        case .pending: "pending"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .partiallyRefunded: "partially_refunded"
        case .refunded: "refunded"
        }
    }
}
