import RemitDomain

/// SQL for a filter: text of our own constants, values apart, to be bound.
struct FilterSQL {
    private(set) var text = ""
    private(set) var values: [PaymentFilter.Value] = []

    /// Adds a condition that must hold too.
    mutating func require(_ condition: String, _ values: [PaymentFilter.Value] = []) {
        if !text.isEmpty { text += " AND " }
        text += condition
        self.values += values
    }

    mutating func require(_ filter: PaymentFilter) {
        var compiled = FilterSQL()
        compiled.append(filter)
        require("(" + compiled.text + ")", compiled.values)
    }

    func bind(to statement: Statement) {
        for value in values {
            switch value {
            case .text(let text): statement.bind(text)
            case .integer(let integer): statement.bind(integer)
            case .boolean(let boolean): statement.bind(boolean)
            }
        }
    }

    private mutating func append(_ filter: PaymentFilter) {
        switch filter {
        case .compare(let field, let comparison): append(field.column, comparison)
        case .and(let filters): append(filters, joinedBy: " AND ")
        case .or(let filters): append(filters, joinedBy: " OR ")
        case .not(let filter):
            // Comparisons with NULL are NULL; `IS NOT TRUE` makes the negation of those true, as of false ones.
            text += "(("
            append(filter)
            text += ") IS NOT TRUE)"
        }
    }

    private mutating func append(_ filters: [PaymentFilter], joinedBy separator: String) {
        text += "("
        for (index, filter) in filters.enumerated() {
            if index > 0 { text += separator }
            append(filter)
        }
        text += ")"
    }

    private mutating func append(_ column: String, _ comparison: PaymentFilter.Comparison) {
        switch comparison {
        case .eq(let value): append(column, " = ?", [value])
        case .ne(let value): append(column, " IS NOT ?", [value])
        case .gt(let value): append(column, " > ?", [value])
        case .gte(let value): append(column, " >= ?", [value])
        case .lt(let value): append(column, " < ?", [value])
        case .lte(let value): append(column, " <= ?", [value])
        case .in(let values): append(column, " IN (\(Self.placeholders(values.count)))", values)
        case .nin(let values):
            append("((" + column, " IN (\(Self.placeholders(values.count)))) IS NOT TRUE)", values)
        case .exists(let isSet): append(column, isSet ? " IS NOT NULL" : " IS NULL", [])
        }
    }

    private mutating func append(_ column: String, _ rest: String, _ values: [PaymentFilter.Value]) {
        text += column + rest
        self.values += values
    }

    private static func placeholders(_ count: Int) -> String {
        String(repeating: "?, ", count: count - 1) + "?"
    }
}
