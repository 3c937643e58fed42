import RemitAPI
import RemitDomain
import RemitWire

/// Reads the contract's filter; what is wrong or not served is refused by its place, never ignored.
struct FilterReader {
    private var nodes = 0

    /// The filter in the domain's terms, within its limits.
    static func read(_ filter: Filter) throws(PaymentError) -> PaymentFilter {
        var reader = FilterReader()
        return try reader.read(filter, .root, depth: 1)
    }

    private mutating func read(
        _ filter: Filter, _ path: FilterPath, depth: Int
    ) throws(PaymentError) -> PaymentFilter {
        nodes += 1
        guard depth <= PaymentFilter.depthMax else {
            throw .invalid("filter", "Nest filters at most \(PaymentFilter.depthMax) levels deep.")
        }
        guard nodes <= PaymentFilter.nodesMax else {
            throw .invalid("filter", "Give at most \(PaymentFilter.nodesMax) filters in all.")
        }
        switch filter.node {
        case .compare(let comparison): return try read(comparison, path.appending("compare"))
        case .and(let list): return .and(try read(list, path.appending("and"), depth: depth))
        case .or(let list): return .or(try read(list, path.appending("or"), depth: depth))
        case .not(let inner): return .not(try read(inner, path.appending("not"), depth: depth + 1))
        case nil: throw .invalid(path.text, "Give one of compare, and, or, not.")
        }
    }

    private mutating func read(
        _ list: FilterList, _ path: FilterPath, depth: Int
    ) throws(PaymentError) -> [PaymentFilter] {
        guard !list.filters.isEmpty else { throw .invalid(path.text, "Give at least one filter.") }
        var filters: [PaymentFilter] = []
        for (index, filter) in list.filters.enumerated() {
            filters.append(try read(filter, path.appending("filters", index), depth: depth + 1))
        }
        return filters
    }

    private func read(_ comparison: Comparison, _ path: FilterPath) throws(PaymentError) -> PaymentFilter {
        let field = try field(comparison.field, path)
        let filter = PaymentFilter.compare(field, try read(comparison, of: field, path))
        do throws(InvalidFilter) {
            try filter.validate()
        } catch {
            throw .invalid(path.text, error.message)
        }
        return filter
    }

    private func field(_ name: String, _ path: FilterPath) throws(PaymentError) -> PaymentField {
        if let field = PaymentField(named: name) { return field }
        let place = path.appending("field").text
        if PaymentFieldNames.all.contains(name) {
            throw .invalid(place, "Filtering by `\(name)` isn't served yet; leave it out.")
        }
        throw .invalid(place, "A payment has no field `\(name.prefix(64))`; name one as in its message.")
    }

    private func read(
        _ comparison: Comparison, of field: PaymentField, _ path: FilterPath
    ) throws(PaymentError) -> PaymentFilter.Comparison {
        let values = path.appending("values").text
        guard comparison.values.count <= PaymentFilter.listMax else {
            throw .invalid(values, "Give at most \(PaymentFilter.listMax) values.")
        }
        func one() throws(PaymentError) -> Value {
            guard comparison.values.count == 1 else { throw .invalid(values, "Give one value.") }
            return comparison.values[0]
        }
        switch comparison.operator {
        case .eq: return .eq(try value(try one(), of: field, values))
        case .ne: return .ne(try value(try one(), of: field, values))
        case .gt: return .gt(try value(try one(), of: field, values))
        case .gte: return .gte(try value(try one(), of: field, values))
        case .lt: return .lt(try value(try one(), of: field, values))
        case .lte: return .lte(try value(try one(), of: field, values))
        case .in: return .in(try list(comparison, of: field, values))
        case .nin: return .nin(try list(comparison, of: field, values))
        case .exists:
            guard case .boolean(let isSet)? = try one().kind else {
                throw .invalid(values, "Give true for a field that is set, false for one that isn't.")
            }
            return .exists(isSet)
        default:
            throw .invalid(
                path.appending("operator").text, "Give one of eq, ne, gt, gte, lt, lte, in, nin, exists.")
        }
    }

    private func list(
        _ comparison: Comparison, of field: PaymentField, _ path: String
    ) throws(PaymentError) -> [PaymentFilter.Value] {
        var values: [PaymentFilter.Value] = []
        for given in comparison.values { values.append(try value(given, of: field, path)) }
        return values
    }

    private func value(_ value: Value, of field: PaymentField, _ path: String) throws(PaymentError)
        -> PaymentFilter.Value
    {
        switch (value.kind, field.kind) {
        case (.text(let name), .enumeration):
            let cases = PaymentFieldNames.cases(of: field)
            guard let found = cases.first(where: { $0.name == name }) else {
                let names = cases.map(\.name).joined(separator: ", ")
                throw .invalid(path, "Give one of \(names) for `\(field.name)`.")
            }
            return .integer(found.number)
        case (_, .enumeration): throw .invalid(path, "Give the name of a \(field.name), such as in its enum.")
        case (.text(let text), _): return .text(text)
        case (.integer(let integer), _): return .integer(integer)
        case (.boolean(let boolean), _): return .boolean(boolean)
        case (nil, _): throw .invalid(path, "Give one of text, integer, boolean for each value.")
        }
    }
}
