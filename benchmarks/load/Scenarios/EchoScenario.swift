import Glibc
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
        // Read in place, and compared byte by byte: a copy would cost this side as much as the server's whole call.
        guard let response = try? EchoResponse.View(validating: answer),
            Self.isSame(answer.extracting(response.payload), payload.span)
        else { throw .wrongAnswer("the echo differs") }
    }

    private static func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        return one.withUnsafeBufferPointer { one in
            other.withUnsafeBufferPointer { other in
                guard let left = one.baseAddress, let right = other.baseAddress else { return one.isEmpty }
                return memcmp(left, right, one.count) == 0
            }
        }
    }
}
