import RemitAPI
import RemitDomain
import RemitRPC
import RemitTesting
import RemitWire
import Testing

@testable import RemitService
@testable import RemitTenant

/// The calls of one read reach their tenants together.
struct CallGatherTests {
    /// A door that is never answered.
    // @unchecked: nothing of it changes.
    private final class SilentSink: ReplySink, @unchecked Sendable {}

    private let directory = RecordingDirectory()
    private let sink = SilentSink(slotCount: 4_096)

    /// Scopes 1, 2, 3 … are of the tenants tenant_1, tenant_2, tenant_3 and so on.
    private func gather() -> CallGather {
        CallGather(of: sink, directory: directory) { TenantID("tenant_\($0)") }
    }

    private func get(_ order: Int, of place: UInt32, in gather: CallGather) {
        gather.get(.order, "order-\(order)".utf8Span.span, sink.open(UInt32(order)), place: place)
    }

    /// The orders that a tenant was asked for, in order.
    private func orders(_ tenant: String) -> [Int] {
        directory.entries.filter { $0.tenant.text == tenant }.compactMap { entry in
            guard case .read(.payment(.order(let order))) = entry.asked else { return nil }
            return Int(order.dropFirst("order-".count))
        }
    }

    @Test("calls of two tenants in one read are handed over at its end, each tenant's together and in order")
    func twoTenants() {
        let gather = gather()
        for order in 0..<10 { get(order, of: order.isMultiple(of: 2) ? 1 : 2, in: gather) }
        #expect(directory.entries.isEmpty)
        gather.handOver()
        #expect(directory.batches.map(\.tenant.text) == ["tenant_1", "tenant_2"])
        #expect(directory.batches.map(\.count) == [5, 5])
        #expect(orders("tenant_1") == [0, 2, 4, 6, 8])
        #expect(orders("tenant_2") == [1, 3, 5, 7, 9])
        gather.handOver()
        #expect(directory.batches.count == 2, "nothing is handed over twice")
        #expect(directory.handOvers == 1)
    }

    @Test("a turn's worth of calls isn't held back any longer")
    func full() {
        let gather = gather()
        for order in 0..<300 { get(order, of: 1, in: gather) }
        #expect(directory.batches.map(\.count) == [CallGather.heldMax, CallGather.heldMax])
        gather.handOver()
        #expect(directory.batches.map(\.count) == [128, 128, 44])
        #expect(orders("tenant_1") == Array(0..<300))
    }

    @Test("a connection that calls more tenants than it has lanes loses none of their calls, and keeps their order")
    func manyTenants() {
        let gather = gather()
        let random = SeededRandom(seed: 4)
        var expected: [String: [Int]] = [:]
        for order in 0..<2_000 {
            let place = UInt32(1 + random.next() % 200)
            expected["tenant_\(place)", default: []].append(order)
            get(order, of: place, in: gather)
            if random.next() % 17 == 0 { gather.handOver() }
        }
        gather.handOver()
        #expect(directory.entries.count == 2_000)
        for (tenant, wanted) in expected { #expect(orders(tenant) == wanted, "\(tenant)") }
    }

    @Test("calls of more tenants than there are lanes are one hand-over still")
    func sharedLanes() {
        let gather = gather()
        let places = [1, 1 + UInt32(CallGather.lanesMax), 2, 1]
        for (order, place) in places.enumerated() { get(order, of: place, in: gather) }
        #expect(directory.handOvers == 0)
        gather.handOver()
        #expect(directory.handOvers == 1)
        #expect(orders("tenant_1") == [0, 3])
        #expect(directory.entries.count == 4)
    }

    @Test("mutations and reads are gathered too, in the order of their callers")
    func others() {
        let gather = gather()
        let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
        for slot: UInt32 in 0..<6 {
            let caller = Caller(desk: sink, slot: slot)
            if slot.isMultiple(of: 2) {
                gather.submit(VerbCall(CreatePayment(amount: 5), by: requester), from: caller, place: 1)
            } else {
                gather.submit(.refund(RefundID("refund_\(slot)")), from: caller, place: 1)
            }
        }
        gather.handOver()
        #expect(directory.batches.map(\.count) == [6])
        #expect(directory.entries.compactMap(\.caller?.slot) == [0, 1, 2, 3, 4, 5])
    }

    @Test("a request in the form that every client writes is read in place; every other goes the long way")
    func forms() {
        func field(_ bytes: [UInt8]) -> PaymentGets.Field? { Payments.keyField(of: bytes.span) }
        #expect(field(GetPaymentRequest.with { $0.key = .id("payment_1") }.encoded()) == .id)
        #expect(field(GetPaymentRequest.with { $0.key = .orderId("Order 1!") }.encoded()) == .order)
        #expect(field(GetPaymentRequest.with { $0.key = .stripePaymentId("pi_1") }.encoded()) == .stripe)
        #expect(field(GetPaymentRequest.with { $0.key = .id(String(repeating: "a", count: 127)) }.encoded()) == .id)
        let others: [GetPaymentRequest] = [
            .init(), .with { $0.key = .id("") }, .with { $0.key = .orderId("Bücher") }, .with { $0.key = .id("a\nb") },
            .with { $0.key = .id("a\u{7F}") }, .with { $0.key = .id(String(repeating: "a", count: 128)) },
        ]
        for request in others { #expect(field(request.encoded()) == nil) }
        let plain = GetPaymentRequest.with { $0.key = .id("payment_1") }.encoded()
        #expect(field(plain + plain) == nil)
        #expect(field(plain + [0x98, 0x06, 0x01]) == nil, "unknown fields are allowed")
        #expect(field(Array(plain.dropLast())) == nil)
        #expect(field([0x0A]) == nil)
        #expect(field([0x0A, 0x00]) == nil)
        #expect(field([0x08, 0x01, 0x20]) == nil)
        #expect(field([0x22, 0x01, 0x20]) == nil)
    }

    @Test("a get reaches its tenant as it was asked, by every key and in every form")
    func keys() async throws {
        let bench = ServiceBench()
        let payments = try bench.payments()
        bench.directory.answersAlways(.entity(0..<0, nextActionURL: nil, replayed: false))
        let asked: [(GetPaymentRequest.Key, PaymentKey)] = [
            (.id("payment_1"), .id(PaymentID("payment_1"))), (.orderId("o 1"), .order("o 1")),
            (.stripePaymentId("pi_1"), .stripe("pi_1")), (.orderId("Bücher"), .order("Bücher")),
            (.id(String(repeating: "a", count: 200)), .id(PaymentID(String(repeating: "a", count: 200)))),
        ]
        for (key, _) in asked { _ = try await payments.getPayment(.with { $0.key = key }) }
        let seen = bench.directory.reads.map { read -> PaymentKey? in
            if case .payment(let key) = read { key } else { nil }
        }
        #expect(seen == asked.map(\.1))
        let wrongs: [GetPaymentRequest.Key] = [
            .id(""), .orderId("a\tb"), .stripePaymentId(String(repeating: "p", count: 256)),
        ]
        for wrong in wrongs {
            let error = try await refusal { try await payments.getPayment(.with { $0.key = wrong }) }
            #expect(error.code == .invalidArgument)
        }
    }
}
