import GRPCCore
import GRPCProtobuf

/// Answers with what it got.
struct EchoService: Remit_V1_DiagnosticsService.SimpleServiceProtocol {
    func echo(request: Remit_V1_EchoRequest, context: ServerContext) async throws -> Remit_V1_EchoResponse {
        var response = Remit_V1_EchoResponse()
        response.payload = request.payload
        return response
    }
}
