import RemitAPI
import RemitDomain
import RemitRPC
import RemitService
import RemitTesting
import RemitWire
import Testing

/// Finding payments: the filter, the page, its token.
struct FindTests {
    private let bench = ServiceBench()

    private func query(_ request: FindPaymentsRequest, key: String = "key-ours") async throws -> PaymentQuery {
        _ = try await bench.payments(key).findPayments(request)
        guard case .find(let query)? = bench.directory.entries.last?.asked else {
            throw RPCError(.unknown, "The directory wasn't asked.")
        }
        return query
    }

    private func field(_ name: String) throws -> PaymentField { try #require(PaymentField(named: name)) }

    @Test("no filter finds all, 25 a page")
    func defaults() async throws {
        let query = try await query(.init())
        #expect(query == PaymentQuery())
        #expect(query.limit == 25 && !query.counts)
    }

    @Test("each operator reaches the store as it is")
    func operators() async throws {
        let filter = Filter.all([
            .compare("customer_id", .eq, .text("customer_1")), .compare("order_id", .ne, .text("order-1")),
            .compare("amount", .gt, .integer(1)), .compare("amount", .gte, .integer(2)),
            .compare("created_at_ms", .lt, .integer(3)), .compare("created_at_ms", .lte, .integer(4)),
            .any([.compare("status", .in, .text("succeeded"), .text("partially_refunded"))]),
            .not(.compare("currency", .nin, .text("usd"))), .compare("hold", .exists, .boolean(true)),
            .compare("livemode", .eq, .boolean(false)), .compare("failure.code", .eq, .text("card_declined")),
            .compare("stage", .eq, .text("requires_action")),
        ])
        let expected = PaymentFilter.and([
            .compare(try field("customer_id"), .eq(.text("customer_1"))),
            .compare(try field("order_id"), .ne(.text("order-1"))), .compare(try field("amount"), .gt(.integer(1))),
            .compare(try field("amount"), .gte(.integer(2))), .compare(try field("created_at_ms"), .lt(.integer(3))),
            .compare(try field("created_at_ms"), .lte(.integer(4))),
            .or([
                .compare(
                    try field("status"),
                    .in([
                        .integer(RemitDomain.PaymentStatus.succeeded.rawValue),
                        .integer(RemitDomain.PaymentStatus.partiallyRefunded.rawValue),
                    ]))
            ]), .not(.compare(try field("currency"), .nin([.text("usd")]))),
            .compare(try field("hold"), .exists(true)), .compare(try field("livemode"), .eq(.boolean(false))),
            .compare(try field("failure.code"), .eq(.text("card_declined"))),
            .compare(try field("stage"), .eq(.integer(RemitDomain.PaymentStage.requiresAction.rawValue))),
        ])
        #expect(try await query(.with { $0.filter = filter }).filter == expected)
    }

    struct WrongFilter: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let request: FindPaymentsRequest

        init(_ field: String, _ why: String, _ filter: Filter) {
            self.init(field, why, .with { $0.filter = filter })
        }

        init(_ field: String, _ why: String, _ request: FindPaymentsRequest) {
            testDescription = "\(field): \(why)"
            self.field = field
            self.request = request
        }
    }

    private static func nested(_ levels: Int) -> Filter {
        (1..<levels).reduce(Filter.compare("amount", .eq, .integer(1))) { filter, _ in .not(filter) }
    }

    static let wrong: [WrongFilter] = [
        .init("filter", "empty node", Filter()),
        .init("filter.and", "empty list", .all([])),
        .init("filter.or", "empty list", .any([])),
        .init("filter", "too deep", nested(11)),
        .init("filter", "too many", .all(Array(repeating: .compare("amount", .eq, .integer(1)), count: 64))),
        .init("filter.compare.field", "unknown", .compare("colour", .eq, .text("red"))),
        .init("filter.compare.field", "not served", .compare("metadata", .eq, .text("red"))),
        .init("filter.compare.field", "injection", .compare("id = '' OR 1=1 --", .eq, .text(""))),
        .init("filter.compare.operator", "unspecified", .compare("amount", .unspecified, .integer(1))),
        .init("filter.compare.operator", "unknown", .compare("amount", .init(rawValue: 77), .integer(1))),
        .init("filter.compare.values", "none", .compare("amount", .eq)),
        .init("filter.compare.values", "two", .compare("amount", .eq, .integer(1), .integer(2))),
        .init("filter.compare.values", "no kind", .compare("amount", .eq, nil)),
        .init("filter.compare", "wrong kind", .compare("amount", .eq, .text("1"))),
        .init("filter.compare", "no order", .compare("status", .gt, .text("failed"))),
        .init("filter.compare", "empty list", .compare("order_id", .in)),
        .init("filter.compare.values", "unknown status", .compare("status", .eq, .text("paid"))),
        .init("filter.compare.values", "a number for a status", .compare("status", .eq, .integer(2))),
        .init("filter.compare.values", "exists without a boolean", .compare("hold", .exists, .text("yes"))),
        .init(
            "filter.compare.values", "too many values",
            .with {
                $0.node = .compare(
                    .with {
                        $0.field = "order_id"
                        $0.operator = .in
                        $0.values = Array(repeating: .with { $0.kind = .text("a") }, count: 101)
                    })
            }),
        .init(
            "filter.and.filters[1].not.compare.field", "deep inside",
            .all([.compare("amount", .eq, .integer(1)), .not(.compare("colour", .eq, .text("red")))])),
        .init("order", "unknown field", .with { $0.order = [.with { $0.field = "colour" }] }),
        .init(
            "order", "oldest first", .with { $0.order = [.with { $0.field = "created_at_ms" }] }),
        .init("include", "not served", .with { $0.include = ["customer"] }),
        .init("page_size", "too large", .with { $0.pageSize = 101 }),
        .init("page_size", "negative", .with { $0.pageSize = -1 }),
        .init("page_token", "no token of ours", .with { $0.pageToken = "abc" }),
        .init("page_token", "made up", .with { $0.pageToken = String(repeating: "0", count: 80) }),
    ]

    @Test("what is wrong or not served is refused by its place, and nothing is looked up", arguments: wrong)
    func refuses(_ wrong: WrongFilter) async throws {
        let payments = try bench.payments()
        let error = try await refusal { try await payments.findPayments(wrong.request) }
        #expect(error.code == .invalidArgument)
        #expect(error.field == wrong.field)
        #expect(bench.directory.entries.isEmpty)
    }

    @Test("ten levels and 64 filters are served")
    func limits() async throws {
        _ = try await query(.with { $0.filter = Self.nested(10) })
        let many = Array(repeating: Filter.compare("amount", .eq, .integer(1)), count: 63)
        _ = try await query(.with { $0.filter = .all(many) })
        _ = try await query(.with { $0.order = [.with { ($0.field, $0.descending) = ("created_at_ms", true) }] })
    }

    @Test("a page carries the stored payments, the count and a token that leads on")
    func pages() async throws {
        let stored = MessageEncoder.encode(Fixture.payment("payment_1"))
        let position = PaymentPosition(createdAt: Fixture.start, id: PaymentID("payment_1"))
        bench.directory.findsPayments { query in
            guard query.after == nil else { return PaymentPage(payments: [], next: nil) }
            return PaymentPage(
                payments: [stored], next: position, count: PaymentCount(value: 10_000, isAtLeast: true))
        }
        let request = FindPaymentsRequest.with {
            $0.filter = .compare("status", .eq, .text("pending"))
            $0.pageSize = 1
            $0.count = true
        }
        let payments = try bench.payments()
        let page = try await payments.findPayments(request)
        #expect(page.payments.map(\.id) == ["payment_1"])
        #expect(page.count?.value == 10_000 && page.count?.atLeast == true)
        #expect(!page.nextPageToken.isEmpty)
        var next = request
        next.pageToken = page.nextPageToken
        next.pageSize = 100
        let query = try await query(next)
        #expect(query.after == position && query.limit == 100 && query.counts)
        #expect(try await payments.findPayments(next).nextPageToken.isEmpty)
    }

    @Test("a token is good for its caller, tenant and filter alone, and every changed digit spoils it")
    func sealedTokens() async throws {
        bench.directory.findsPayments { _ in
            PaymentPage(payments: [], next: PaymentPosition(createdAt: Fixture.start, id: PaymentID("payment_1")))
        }
        let filter = Filter.compare("status", .eq, .text("failed"))
        let token = try await bench.payments("key-ours").findPayments(.with { $0.filter = filter }).nextPageToken
        func refused(
            _ token: String, key: String = "key-ours", tenant: String? = nil, filter: Filter?
        ) async throws -> Bool {
            let payments = try bench.payments(key)
            let request = FindPaymentsRequest.with {
                $0.filter = filter
                $0.pageToken = token
            }
            let error = try await refusal {
                try await payments.findPayments(request, options: CallOptions(tenant: tenant))
            }
            return error.code == .invalidArgument && error.field == "page_token"
        }
        #expect(try await refused(token, filter: nil))
        #expect(try await refused(token, filter: .compare("status", .eq, .text("pending"))))
        #expect(try await refused(token, key: "key-theirs", filter: filter))
        #expect(try await refused(token, key: "key-both", tenant: "ours", filter: filter))
        for index in token.indices {
            var spoiled = token
            spoiled.replaceSubrange(index...index, with: [token[index] == "0" ? "1" : "0"])
            #expect(try await refused(spoiled, filter: filter))
        }
        #expect(try await refused(String(token.dropLast(2)), filter: filter))
        #expect(try await refused(token + "00", filter: filter))
    }

    @Test("a tenant's refusal of a page is told; stored bytes that can't be read are INTERNAL")
    func failures() async throws {
        let payments = try bench.payments()
        bench.directory.findsPayments { _ throws(PaymentError) in throw .busy(retryAfterMilliseconds: 100) }
        #expect(try await refusal { try await payments.findPayments(.init()) }.code == .resourceExhausted)
        bench.directory.findsPayments { _ in PaymentPage(payments: [[0x0A, 0xFF]], next: nil) }
        let error = try await refusal { try await payments.findPayments(.init()) }
        #expect(error.code == .internal && error.reason == "stored_message")
    }
}
