/// A condition on payments: comparisons of fields with values, combined.
///
/// Two-valued: what isn't so is its `not`.
///
/// A field that isn't set equals nothing, lies in no list and on no side of any value.
package indirect enum PaymentFilter: Hashable, Sendable {
    case compare(PaymentField, Comparison)
    case and([PaymentFilter])
    case or([PaymentFilter])
    case not(PaymentFilter)

    package enum Comparison: Hashable, Sendable {
        case eq(Value), ne(Value), gt(Value), gte(Value), lt(Value), lte(Value)
        case `in`([Value]), nin([Value])
        case exists(Bool)
    }

    /// A value of the field's kind; enumerations by their number.
    ///
    /// Text is ordered by its UTF-8 bytes.
    package enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int64)
        case boolean(Bool)
    }

    /// Levels of combination: deeper filters come from programs gone wrong.
    package static let depthMax = 10
    /// Comparisons and combinations in all; bounds the statement's size and cost per row.
    package static let nodesMax = 64
    /// Values of one list.
    package static let listMax = 100
}

/// Why a filter can't be served.
package struct InvalidFilter: Error, Hashable, Sendable {
    /// The field to blame; nil where it is the filter's shape.
    package let field: String?
    /// A sentence for the caller.
    package let message: String
}

extension PaymentFilter {
    /// Checks kinds, operators and limits, before anything runs.
    package func validate() throws(InvalidFilter) {
        var nodes = 0
        try validate(depth: 1, nodes: &nodes)
    }

    private func validate(depth: Int, nodes: inout Int) throws(InvalidFilter) {
        nodes += 1
        guard depth <= Self.depthMax, nodes <= Self.nodesMax else {
            throw InvalidFilter(
                field: nil, message: "A filter has at most \(Self.depthMax) levels and \(Self.nodesMax) nodes.")
        }
        switch self {
        case .compare(let field, let comparison):
            try comparison.validate(for: field)
        case .and(let filters), .or(let filters):
            guard !filters.isEmpty else {
                throw InvalidFilter(field: nil, message: "A combination of filters holds at least one.")
            }
            for filter in filters { try filter.validate(depth: depth + 1, nodes: &nodes) }
        case .not(let filter):
            try filter.validate(depth: depth + 1, nodes: &nodes)
        }
    }
}

extension PaymentFilter.Comparison {
    fileprivate func validate(for field: PaymentField) throws(InvalidFilter) {
        switch self {
        case .eq(let value), .ne(let value):
            try value.validate(for: field)
        case .gt(let value), .gte(let value), .lt(let value), .lte(let value):
            guard field.kind == .text || field.kind == .integer else {
                throw InvalidFilter(field: field.name, message: "\(field.name) has no order: use eq, ne, in or nin.")
            }
            try value.validate(for: field)
        case .in(let values), .nin(let values):
            guard (1...PaymentFilter.listMax).contains(values.count) else {
                throw InvalidFilter(
                    field: field.name, message: "A list has 1 to \(PaymentFilter.listMax) values.")
            }
            for value in values { try value.validate(for: field) }
        case .exists:
            break
        }
    }
}

extension PaymentFilter.Value {
    fileprivate func validate(for field: PaymentField) throws(InvalidFilter) {
        switch (self, field.kind) {
        case (.text, .text), (.integer, .integer), (.integer, .enumeration), (.boolean, .boolean): return
        default:
            throw InvalidFilter(
                field: field.name, message: "The value's kind doesn't fit \(field.name), which is \(field.kind).")
        }
    }
}
