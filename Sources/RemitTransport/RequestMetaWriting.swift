import RemitFrame
import RemitRPC
import RemitWire

extension WireWriter {
    /// Writes the RequestMeta of a call in front of its message: what the generated message would write, without making
    /// one for each call.
    mutating func writeRequestMeta(
        _ method: MethodDescriptor, _ options: CallOptions, tenant: String, microseconds: UInt64
    ) {
        if options.attempt != 0 { writeField(0x40, options.attempt, UInt32Codec.self) }
        if !options.metadata.isEmpty {
            let entries = RequestMeta.with { meta in
                meta.metadata = options.metadata.map { entry in
                    .with {
                        $0.key = entry.key
                        $0.value = entry.value
                    }
                }
            }
            entries.encode(into: &self)
        }
        if let traceparent = options.traceparent, !traceparent.isEmpty {
            writeField(0x2A, traceparent, StringCodec.self)
        }
        if let key = options.idempotencyKey, !key.isEmpty { writeField(0x22, key, StringCodec.self) }
        if !tenant.isEmpty { writeField(0x1A, tenant, StringCodec.self) }
        if microseconds != 0 { writeField(0x10, microseconds, UInt64Codec.self) }
        writeField(0x0A, method.fullName, StringCodec.self)
    }
}
