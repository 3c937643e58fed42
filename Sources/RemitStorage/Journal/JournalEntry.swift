internal import RemitDomain

/// One transaction of one tenant, in a frame of records.
///
/// The executions' length (UInt32), the tenant id's (UInt16), 2 bytes of zero, `base` and `newest` (Int64 each), the id,
/// and the executions as a ``RedoRecord`` has them.
struct JournalEntry {
    static let headBytes = 24
    /// Ids have 33 bytes.
    static let tenantBytesMax = 255

    let tenant: TenantID
    /// The tenant's newest event before the transaction; 0 where there was none.
    let base: Int64
    /// Its newest event after it.
    let newest: Int64
    /// Where the executions lie in the payload.
    let executions: Range<Int>

    /// Nil: the bytes there are no entry.
    init?(from reader: inout JournalReader) {
        guard let count = reader.int32(), count > 0, let tenantCount = reader.int16(), reader.int16() == 0,
            let base = reader.int64(), let newest = reader.int64(), base >= 0, newest > base,
            let tenant = reader.bytes(Int(tenantCount)), Self.isName(tenant)
        else { return nil }
        let start = reader.offset
        guard reader.bytes(Int(count)) != nil else { return nil }
        self.tenant = TenantID(String(decoding: tenant, as: UTF8.self))
        self.base = base
        self.newest = newest
        executions = start..<reader.offset
    }

    /// Whether it can be a tenant's id, and so a file's name.
    static func isName(_ id: UnsafeRawBufferPointer) -> Bool {
        !id.isEmpty && id.count <= tenantBytesMax
            && id.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Bytes of an entry.
    static func length(tenant: Int, executions: Int) -> Int { headBytes + tenant + executions }

    static func encode(
        to place: UnsafeMutableRawPointer, tenant: UnsafeBufferPointer<UInt8>, base: Int64, newest: Int64,
        executions: UnsafeRawBufferPointer
    ) {
        place.storeBytes(of: UInt32(executions.count).littleEndian, toByteOffset: 0, as: UInt32.self)
        place.storeBytes(of: UInt16(tenant.count).littleEndian, toByteOffset: 4, as: UInt16.self)
        place.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
        place.storeBytes(of: base.littleEndian, toByteOffset: 8, as: Int64.self)
        place.storeBytes(of: newest.littleEndian, toByteOffset: 16, as: Int64.self)
        if let id = tenant.baseAddress { (place + headBytes).copyMemory(from: id, byteCount: tenant.count) }
        if let source = executions.baseAddress {
            (place + headBytes + tenant.count).copyMemory(from: source, byteCount: executions.count)
        }
    }
}
