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
    }
}
