import RemitRPC
import RemitTenant

extension Payments {
    /// `method`, GetPayment, started from the request's bytes where they lie.
    ///
    /// A request as every client writes it, one short key in ASCII, isn't decoded; every other goes the long way, with
    /// the same result.
    static func inPlace(_ method: Method, _ core: ServiceCore) -> Method {
        Method(method.descriptor) { bytes, context, handle in
            guard let field = keyField(of: bytes) else { return method.start(bytes, context, handle) }
            core.get(field, bytes.extracting(2...), context, handle)
        }
    }

    /// What the one key of a request is, whose value begins at its third byte; nil for a request of another form.
    static func keyField(of bytes: Span<UInt8>) -> PaymentGets.Field? {
        guard bytes.count > 2, bytes[1] < 0x80, Int(bytes[1]) == bytes.count - 2 else { return nil }
        let field: PaymentGets.Field
        switch bytes[0] {
        case 1 << 3 | 2: field = .id
        case 2 << 3 | 2: field = .order
        case 3 << 3 | 2: field = .stripe
        default: return nil
        }
        let isPlain = bytes.withUnsafeBufferPointer { $0.dropFirst(2).allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
        return isPlain ? field : nil
    }
}
