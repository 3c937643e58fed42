import RemitDomain

/// How a query is run: a range of one index that is walked, and a condition that each of its rows is asked.
struct PaymentPlan {
    private(set) var range = FilterSQL()
    private(set) var matching = FilterSQL()
    private let index: Index

    /// The b-trees that can be walked newest first, the most selective first.
    enum Index: String, CaseIterable {
        case order = "order_id"
        case external = "external_id"
        case stripe = "stripe_payment_id"
        case charge = "stripe_charge_id"
        case customer = "customer_id"
        case status
        case place

        /// Kept from the planner's guesses: it has no statistics.
        fileprivate var hint: String {
            switch self {
            case .order: "INDEXED BY payment_order"
            case .external: "INDEXED BY payment_external"
            case .stripe: "INDEXED BY payment_stripe"
            case .charge: "INDEXED BY payment_charge"
            case .customer: "INDEXED BY payment_customer"
            case .status: "INDEXED BY payment_status"
            case .place: "NOT INDEXED"
            }
        }
    }

    init(_ filter: PaymentFilter?, idTimeSkew: Int64) {
        let required = Self.conjuncts(of: filter)
        var index = Index.place
        for candidate in Index.allCases {
            guard let value = Self.equality(on: candidate, in: required) else { continue }
            index = candidate
            range.require("\(candidate.rawValue) = ?", [value])
            break
        }
        self.index = index
        matching.require("deleted_at_ms IS NULL")
        for condition in required { matching.require(condition) }
        narrowByTime(required, skew: idTimeSkew)
    }

    /// The conditions that must all hold.
    private static func conjuncts(of filter: PaymentFilter?) -> [PaymentFilter] {
        switch filter {
        case .and(let filters): filters.flatMap { conjuncts(of: $0) }
        case .some(let filter): [filter]
        case nil: []
        }
    }

    private static func equality(on index: Index, in required: [PaymentFilter]) -> PaymentFilter.Value? {
        for case .compare(let field, .eq(let value)) in required where field.column == index.rawValue { return value }
        return nil
    }

    /// Turns bounds of the creation time into bounds of the places, widened by the file's greatest distance.
    private mutating func narrowByTime(_ required: [PaymentFilter], skew: Int64) {
        guard skew < 1 << 47 else { return }
        for case .compare(let field, let comparison) in required where field.column == "created_at_ms" {
            switch comparison {
            case .gte(.integer(let time)), .gt(.integer(let time)), .eq(.integer(let time)):
                let bound = RowPlace.lowerBound(milliseconds: Self.sum(time, -skew))
                range.require("place >= ?", [.integer(bound)])
            default: break
            }
            switch comparison {
            case .lte(.integer(let time)), .lt(.integer(let time)), .eq(.integer(let time)):
                guard Self.sum(time, skew) < 1 << 47 - 1 else { break }
                // A row may lie a little further than its id says.
                let bound = RowPlace.lowerBound(milliseconds: Self.sum(time, skew + 1)) + RowPlace.neighbours
                range.require("place < ?", [.integer(bound)])
            default: break
            }
        }
    }

    /// A sum that stays at the ends of Int64 rather than overflowing: callers name any time.
    private static func sum(_ time: Int64, _ distance: Int64) -> Int64 {
        let (sum, overflows) = time.addingReportingOverflow(distance)
        return overflows ? (distance < 0 ? .min : .max) : sum
    }

    /// A row per row looked at: id, creation, whether it matches, version and message.
    func pageSQL(continues: Bool) -> String {
        var range = range
        if continues { range.require("place < ?") }
        return """
            SELECT id, created_at_ms, (\(matching.text)) IS TRUE, blob_version, blob
            FROM payment \(index.hint)\(Self.whereClause(range)) ORDER BY place DESC
            """
    }

    var countSQL: String {
        "SELECT (\(matching.text)) IS TRUE FROM payment \(index.hint)\(Self.whereClause(range)) ORDER BY place DESC"
    }

    private static func whereClause(_ range: FilterSQL) -> String {
        range.text.isEmpty ? "" : " WHERE " + range.text
    }
}
