import RemitFrame
import RemitRPC
import RemitWire
import Testing

@testable import RemitTransport

@Suite struct StatusMappingTests {
    @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
    func `carries every code with all that its caller is told, and never the context`(code: StatusCode) throws {
        for outcome in RemitRPC.Outcome.allCases {
            let error = RPCError(
                code, "A sentence.", reason: "a_reason", field: "amount.currency", outcome: outcome,
                notProcessed: outcome == .none, retryAfterMilliseconds: 250, errorID: "err_1",
                context: ["sql": "SECRET"])
            let bytes = StatusMeta(error).encoded()
            #expect(!String(decoding: bytes, as: UTF8.self).contains("SECRET"))
            var expected = error
            expected.context = [:]
            #expect(try StatusMeta(decoding: bytes).error == expected)
        }
    }

    @Test func `takes an unknown code for UNKNOWN, and an unsaid outcome of an error for unknown`() {
        let meta = StatusMeta.with { $0.code = 400 }
        #expect(meta.error?.code == .unknown && meta.error?.outcome == .unknown)
        #expect(StatusMeta().error == nil)
    }

    @Test func `cuts texts at the protocol's limits, between characters`() {
        let meta = StatusMeta(RPCError(.internal, String(repeating: "é", count: 2_000), reason: "r"))
        #expect(meta.message.utf8.count == 2_048)
        let odd = StatusMeta(RPCError(.internal, "x" + String(repeating: "é", count: 2_000)))
        #expect(odd.message.utf8.count == 2_047)
    }
}
