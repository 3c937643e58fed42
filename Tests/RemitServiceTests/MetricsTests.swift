import RemitAPI
import RemitDomain
import RemitRPC
import RemitService
import RemitTenant
import RemitTesting
import RemitWire
import Testing

/// Figures in Prometheus' text format.
struct MetricsTests {
    @Test("the text is a header and its samples for each figure")
    func text() {
        var snapshot = MetricsSnapshot()
        snapshot.callsUnderWay = 7
        snapshot.commits = 12
        snapshot.commitMembers = 345
        snapshot.journalCommits = 8
        snapshot.journalRounds = 5
        snapshot.journalRefused = 1
        snapshot.oldestUnknownOperationMilliseconds = 61_500
        snapshot.inboxDepth = 3
        snapshot.walBytes = 4_194_304
        snapshot.openTenants = 2
        snapshot.parkedConnections = 1
        snapshot.pageCacheBytes = 786_432
        snapshot.pageCacheBytesMax = 1_073_741_824
        var buckets = [UInt64](repeating: 0, count: CallMetrics.bounds.count + 1)
        buckets[0] = 2
        buckets[CallMetrics.bounds.count] = 1
        snapshot.calls = [
            CallCounts(
                method: "remit.v1.PaymentService/GetPayment", code: .notFound, buckets: buckets,
                nanoseconds: 31_000_150_000)
        ]
        let labels = #"method="remit.v1.PaymentService/GetPayment",code="NOT_FOUND""#
        let bounds = [
            "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5",
            "1", "2.5", "10", "30",
        ]
        var expected = """
            # HELP remit_calls_total Calls that ended, by method and status code.
            # TYPE remit_calls_total counter
            remit_calls_total{\(labels)} 3
            # HELP remit_call_seconds Time from a request's arrival to its answer, by method and status code.
            # TYPE remit_call_seconds histogram

            """
        for bound in bounds { expected += "remit_call_seconds_bucket{\(labels),le=\"\(bound)\"} 2\n" }
        expected += """
            remit_call_seconds_bucket{\(labels),le="+Inf"} 3
            remit_call_seconds_sum{\(labels)} 31.00015
            remit_call_seconds_count{\(labels)} 3

            """
        #expect(snapshot.text == expected + Self.figures)
    }

    /// What follows the calls.
    private static let figures = """
        # HELP remit_calls_under_way Tenants' calls that are not yet answered.
        # TYPE remit_calls_under_way gauge
        remit_calls_under_way 7
        # HELP remit_commits_total Transactions committed by tenants.
        # TYPE remit_commits_total counter
        remit_commits_total 12
        # HELP remit_commit_members_total Members of committed transactions.
        # TYPE remit_commit_members_total counter
        remit_commit_members_total 345
        # HELP remit_journal_commits_total Transactions made durable by the journal that tenants share.
        # TYPE remit_journal_commits_total counter
        remit_journal_commits_total 8
        # HELP remit_journal_rounds_total Syncs of that journal, each for all that waited.
        # TYPE remit_journal_rounds_total counter
        remit_journal_rounds_total 5
        # HELP remit_journal_refused_total Transactions that the journal had no room for.
        # TYPE remit_journal_refused_total counter
        remit_journal_refused_total 1
        # HELP remit_oldest_unknown_operation_seconds Age of the oldest operation whose outcome is not known; 0 if \
        there is none.
        # TYPE remit_oldest_unknown_operation_seconds gauge
        remit_oldest_unknown_operation_seconds 61.5
        # HELP remit_inbox_depth Webhooks stored and not yet applied.
        # TYPE remit_inbox_depth gauge
        remit_inbox_depth 3
        # HELP remit_wal_bytes Size of the open tenants' write-ahead logs.
        # TYPE remit_wal_bytes gauge
        remit_wal_bytes 4194304
        # HELP remit_open_tenants Tenants that are open.
        # TYPE remit_open_tenants gauge
        remit_open_tenants 2
        # HELP remit_parked_connections Open tenants' connections that have given back their descriptors.
        # TYPE remit_parked_connections gauge
        remit_parked_connections 1
        # HELP remit_page_cache_bytes Granted to page caches together, beyond the first part of each.
        # TYPE remit_page_cache_bytes gauge
        remit_page_cache_bytes 786432
        # HELP remit_page_cache_limit_bytes What page caches may be granted together.
        # TYPE remit_page_cache_limit_bytes gauge
        remit_page_cache_limit_bytes 1073741824

        """

    @Test("calls are counted by method and code, refused ones too")
    func counts() async throws {
        let bench = ServiceBench()
        bench.directory.answersAlways(.entity(0..<0, nextActionURL: nil, replayed: false))
        let payments = try bench.payments()
        for _ in 0..<3 { _ = try await payments.getPayment(.with { $0.key = .id("payment_1") }) }
        _ = try await refusal { try await payments.getPayment(.init()) }
        _ = try await refusal { try await payments.createPayment(.valid, options: CallOptions(tenant: "theirs")) }
        let counts = bench.services.metrics.counts
        func count(_ method: MethodDescriptor, _ code: StatusCode) -> UInt64? {
            counts.first { $0.method == method.fullName && $0.code == code }?.count
        }
        #expect(count(PaymentServiceMethods.getPayment, .ok) == 3)
        #expect(count(PaymentServiceMethods.getPayment, .invalidArgument) == 1)
        #expect(count(PaymentServiceMethods.createPayment, .permissionDenied) == 1)
        #expect(counts.count == 3)
    }

    @Test("a latency falls into the first bucket that holds it, the bound included")
    func buckets() throws {
        let method = Method(PaymentServiceMethods.getPayment) { _, _, _ in }
        let metrics = CallMetrics(methods: [method])
        var context = CallContext(identity: Identity(index: 0, generation: 0), arrival: .now)
        context.method = 0
        for nanoseconds: UInt64 in [0, 100_000, 100_001, 30_000_000_000, 30_000_000_001, .max / 4] {
            metrics.finished(context, method.descriptor, CallStatus(nanoseconds: nanoseconds))
        }
        let counts = try #require(metrics.counts.first)
        #expect(counts.buckets[0] == 2 && counts.buckets[1] == 1)
        #expect(counts.buckets[CallMetrics.bounds.count - 1] == 1 && counts.buckets[CallMetrics.bounds.count] == 2)
        #expect(counts.count == 6)
    }
}
