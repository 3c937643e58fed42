import RemitAPI
import RemitRPC
import RemitWire

/// 214 bytes, as long as a usual payment, there and back.
struct EchoScenario: Scenario {
    private let payload: [UInt8]
    private let call: LoadCall

    init(tenants: [LoadTenant]) {
        payload = (0..<214).map { UInt8($0) }
        var request = EchoRequest()
        request.payload = payload
        // Echo concerns no tenant: naming one would measure the look-up too.
        call = LoadCall(method: DiagnosticsServiceMethods.echo, request: request, options: CallOptions())
    }

    func call(_ number: Int, tenant: Int) -> LoadCall { call }

    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
        let response: EchoResponse = try decodeResponse(answer, of: DiagnosticsServiceMethods.echo)
        guard response.payload == payload else { throw .wrongAnswer("the echo differs") }
    }
}
