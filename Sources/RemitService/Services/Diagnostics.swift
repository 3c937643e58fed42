import RemitAPI
import RemitDomain
import RemitRPC
import RemitWire

/// Serves what measures the way to the server and back.
enum Diagnostics {
    /// Large enough to measure streams of bytes, small enough for any budget.
    static let payloadBytesMax = 1 << 20

    /// Tag of `bytes payload = 1` in request and response.
    private static let payloadTag: UInt32 = 1 << 3 | 2

    static let methods: [Method] = [Method(DiagnosticsServiceMethods.echo, start: echo)]

    /// Reads the payload's place and no more: its bytes are copied once, from the request's frame into the answer's.
    @Sendable
    private static func echo(_ bytes: Span<UInt8>, _ context: CallContext, _ call: CallHandle) {
        let payload: Range<Int>
        do throws(WireError) {
            payload = try Self.payload(bytes)
        } catch {
            call.fail(.undecodable(DiagnosticsServiceMethods.echo, "\(error)"))
            return
        }
        guard payload.count <= payloadBytesMax else {
            call.fail(RPCError(.invalid("payload", "Give at most 1 MiB.")))
            return
        }
        call.reply { writer in
            guard !payload.isEmpty else { return }
            writer.writeBytes(bytes.extracting(payload))
            writer.writeTag(payloadTag)
        }
    }

    private static func payload(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
        var reader = WireReader(bytes)
        var payload = 0..<0
        while let tag = try reader.nextTag(bytes) {
            if tag == payloadTag { payload = try reader.readRange(bytes) } else { try reader.skip(bytes) }
        }
        return payload
    }
}
