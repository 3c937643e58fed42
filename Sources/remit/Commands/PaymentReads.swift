import ArgumentParser
import RemitAPI
import RemitRPC

struct GetPaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one payment.")

    @Argument(help: "The payment's id.") var id: String?
    @Option(help: "Or: your id for the order.") var order: String?
    @Option(help: "Or: its id at Stripe.") var stripe: String?
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard [id, order, stripe].compactMap({ $0 }).count == 1 else {
            throw ValidationError("Name one payment: its id, or --order, or --stripe.")
        }
    }

    func run() async throws {
        var request = GetPaymentRequest()
        request.key =
            id.map { .id($0) } ?? order.map { .orderId($0) } ?? stripe.map { .stripePaymentId($0) }
        let made = request
        try await client.connected { channel, settings, output in
            let response = try await PaymentServiceClient(channel).getPayment(made, options: client.call(settings))
            try output.show(PaymentView(response.payment ?? Payment()))
        }
    }
}

struct PaymentHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what was learned of a payment: what changed it, and what was ignored.")

    @Argument(help: "The payment's id.") var id: String
    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.connected { channel, settings, output in
            var request = ListPaymentHistoryRequest()
            request.id = id
            var rows: [HistoryView.Row] = []
            while true {
                let page = try await PaymentServiceClient(channel).listPaymentHistory(
                    request, options: client.call(settings))
                rows += page.rows.map { HistoryView.Row($0) }
                guard page.hasMore, let last = rows.last else { break }
                request.afterOrdinal = last.ordinal
            }
            try output.show(HistoryView(rows: rows))
        }
    }
}

struct FindPaymentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "find", abstract: "List payments, newest first.")

    @Option(help: "Of this customer.") var customer: String?
    @Option(help: "With this status: pending, succeeded, failed, partially_refunded, refunded.") var status: String?
    @Option(help: "Created at or after, Unix time in milliseconds.") var since: Int64?
    @Option(help: "Created before, Unix time in milliseconds.") var until: Int64?
    @Option(help: "Rows a page, 1 … 100.") var pageSize: Int32 = 25
    @Option(help: "From the page before.") var pageToken: String = ""
    @Flag(help: "Count all that match, too.") var count = false
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var request = FindPaymentsRequest()
        request.filter = filter
        request.pageSize = pageSize
        request.pageToken = pageToken
        request.count = count
        let made = request
        try await client.connected { channel, settings, output in
            let page = try await PaymentServiceClient(channel).findPayments(made, options: client.call(settings))
            try output.show(
                PaymentListView(
                    payments: page.payments.map { PaymentView($0) }, nextPageToken: page.nextPageToken,
                    count: page.count?.value))
        }
    }

    private var filter: Filter? {
        var parts: [Filter] = []
        if let customer { parts.append(comparison("customer_id", .eq, .text(customer))) }
        if let status { parts.append(comparison("status", .eq, .text(status))) }
        if let since { parts.append(comparison("created_at_ms", .gte, .integer(since))) }
        if let until { parts.append(comparison("created_at_ms", .lt, .integer(until))) }
        guard parts.count > 1 else { return parts.first }
        var list = FilterList()
        list.filters = parts
        var filter = Filter()
        filter.node = .and(list)
        return filter
    }

    private func comparison(_ field: String, _ `operator`: Operator, _ kind: Value.Kind) -> Filter {
        var value = Value()
        value.kind = kind
        var comparison = Comparison()
        comparison.field = field
        comparison.`operator` = `operator`
        comparison.values = [value]
        var filter = Filter()
        filter.node = .compare(comparison)
        return filter
    }
}
