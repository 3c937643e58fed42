import RemitAPI
import RemitDomain
import RemitTenant
import RemitTesting
import RemitWire
import Synchronization
import Testing

/// A caller of one test's own: remembers what it was told, and that it was told once.
final class TestCaller: CallerDesk {
    /// What came, with the bytes that it points into.
    struct Reply: Sendable {
        var result: DeliveryResult
        var bytes: [UInt8]
    }

    private let replies = Mutex<[Reply]>([])
    private let isExpired: Atomic<Bool>

    init(isExpired: Bool = false) {
        self.isExpired = Atomic(isExpired)
    }

    func begin(_ slot: UInt32, _ generation: UInt32) -> Bool { isOpen }

    func pause(_ slot: UInt32, _ generation: UInt32) -> Bool { isOpen }

    func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool { isOpen }

    /// As the tenant knows it.
    var handle: Caller { Caller(desk: self) }

    var isOpen: Bool { !isExpired.load(ordering: .relaxed) && replyCount == 0 }

    /// Its deadline passes: the door has told it so.
    func expire() { isExpired.store(true, ordering: .relaxed) }

    func receive(_ result: DeliveryResult, _ bytes: [UInt8]) {
        replies.withLock { replies in
            var reply = Reply(result: result, bytes: [])
            if case .entity(let range, _, _) = result { reply.bytes = Array(bytes[range]) }
            replies.append(reply)
        }
    }

    var replyCount: Int { replies.withLock { $0.count } }

    var reply: Reply? { replies.withLock { $0.first } }

    /// The entity's message; nil while there is no reply, or a refusal.
    var message: [UInt8]? {
        guard let reply, case .entity = reply.result else { return nil }
        return reply.bytes
    }

    var isReplayed: Bool {
        guard case .entity(_, _, let replayed) = reply?.result else { return false }
        return replayed
    }

    var nextActionURL: String? {
        guard case .entity(_, let url, _) = reply?.result else { return nil }
        return url
    }

    var refusal: PaymentError? {
        guard case .refused(let error) = reply?.result else { return nil }
        return error
    }

    func payment() throws -> RemitAPI.Payment { try RemitAPI.Payment(decoding: try #require(message)) }

    func refund() throws -> RemitAPI.Refund { try RemitAPI.Refund(decoding: try #require(message)) }

    func customer() throws -> RemitAPI.Customer { try RemitAPI.Customer(decoding: try #require(message)) }
}

extension Caller {
    /// Tells a test's caller its answer.
    func receive(_ result: DeliveryResult, _ bytes: [UInt8]) { (desk as? TestCaller)?.receive(result, bytes) }
}
