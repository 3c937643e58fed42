/// Which payments a find returns, and which page of them: newest first, deleted ones left out.
package struct PaymentQuery: Hashable, Sendable {
    /// What must hold, after it has passed ``PaymentFilter/validate()``; nil: anything does.
    package var filter: PaymentFilter?
    /// Where the page before ended; nil: the first page.
    package var after: PaymentPosition?
    /// Rows of a page, 1 … ``limitMax``.
    package var limit: Int = Self.limitDefault
    /// Whether all that match are counted, up to ``countMax``.
    package var counts = false

    package static let limitDefault = 25
    /// A page of the largest rows stays well below the largest message.
    package static let limitMax = 100
    /// A page ends early, with its position, after this many rows were looked at: a find must not hold a reader long.
    package static let rowsLookedAtMax = 20_000
    /// Counting stops here.
    package static let countMax: Int64 = 10_000

    package init() {}
}

/// The last payment that a page looked at, whether it matched or not.
package struct PaymentPosition: Hashable, Sendable {
    package var createdAt: Timestamp
    package var id: PaymentID

    package init(createdAt: Timestamp, id: PaymentID) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// One page of a find.
package struct PaymentPage: Hashable, Sendable {
    /// The payments' messages, as they are stored.
    package var payments: [[UInt8]]
    /// Where the next page begins; nil: this is the last one.
    package var next: PaymentPosition?
    /// How many match in all, if that was asked for.
    package var count: PaymentCount?

    package init(payments: [[UInt8]], next: PaymentPosition?, count: PaymentCount? = nil) {
        self.payments = payments
        self.next = next
        self.count = count
    }
}

/// How many rows match.
package struct PaymentCount: Hashable, Sendable {
    package var value: Int64
    /// Counting stopped at ``PaymentQuery/countMax``: there may be more.
    package var isAtLeast: Bool

    package init(value: Int64, isAtLeast: Bool) {
        self.value = value
        self.isAtLeast = isAtLeast
    }
}
