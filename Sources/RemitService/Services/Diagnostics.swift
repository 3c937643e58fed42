import RemitAPI
import RemitDomain
import RemitRPC
import RemitWire

/// Serves what measures the way to the server and back.
struct Diagnostics: DiagnosticsService {
    /// Large enough to measure streams of bytes, small enough for any budget.
    static let payloadBytesMax = 1 << 20

    func echo(_ request: EchoRequest, _ call: UnaryCall<EchoResponse>) {
        guard request.payload.count <= Self.payloadBytesMax else {
            call.fail(RPCError(.invalid("payload", "Give at most 1 MiB.")))
            return
        }
        call.reply(.with { $0.payload = request.payload })
    }
}
