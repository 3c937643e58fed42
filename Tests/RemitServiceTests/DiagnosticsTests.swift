import RemitAPI
import RemitRPC
import RemitWire
import Testing

/// What measures the way to the server and back.
struct DiagnosticsTests {
    private let bench = ServiceBench()

    @Test("an echo's payload comes back, up to 1 MiB")
    func payload() async throws {
        let diagnostics = DiagnosticsServiceClient(try bench.channel())
        let largest = [UInt8](repeating: 7, count: 1 << 20)
        let answer = try await diagnostics.echo(.with { $0.payload = largest })
        #expect(answer.payload == largest)
        let error = try await refusal { try await diagnostics.echo(.with { $0.payload = largest + [8] }) }
        #expect(error.code == .invalidArgument && error.field == "payload" && error.notProcessed)
        #expect(try await diagnostics.echo(.init()).payload.isEmpty)
    }

    @Test("an echo reads its request as any method does: the last payload counts, unknown fields are skipped")
    func decoding() async throws {
        let channel = try bench.channel()
        func echo(_ request: [UInt8]) async throws -> [UInt8] {
            let answer = try await channel.unary(DiagnosticsServiceMethods.echo, request: request, options: .init())
            return try EchoResponse(decoding: answer.message).payload
        }
        #expect(try await echo([0x0A, 1, 7, 0x50, 9, 0x5A, 2, 1, 2, 0x0A, 2, 8, 9]) == [8, 9])
        for malformed: [UInt8] in [[0x0A, 5, 1], [0x0A], [0x5A, 9], [0]] {
            let error = try await refusal { try await echo(malformed) }
            #expect(error.code == .invalidArgument && error.reason == "malformed_message" && error.notProcessed)
        }
    }
}
