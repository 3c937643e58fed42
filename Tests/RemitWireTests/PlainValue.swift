import RemitWire

/// What a message says, whether it was decoded or is read through a view: unknown fields are left out.
///
/// Found by reflection, so that it serves every message that there is.
indirect enum PlainValue: Hashable {
    case absent
    /// A number's value, a floating one's bits.
    case number(String)
    /// A `string`'s UTF-8, or a `bytes` field.
    case bytes([UInt8])
    case list([PlainValue])
    case entry(PlainValue, PlainValue)
    case fields([String: PlainValue])

    /// The plain form of a message, or of a view of `bytes`.
    init(_ value: Any, _ bytes: [UInt8] = []) {
        switch value {
        case let number as Double: self = .number("\(number.bitPattern)")
        case let number as Float: self = .number("\(number.bitPattern)")
        case let flag as Bool: self = .number("\(flag)")
        case let number as any FixedWidthInteger: self = .number("\(number)")
        case let number as any ProtoEnum: self = .number("\(number.rawValue)")
        case let text as String: self = .bytes(Array(text.utf8))
        case let range as Range<Int>: self = .bytes(Array(bytes[range]))
        case let repeated as any Repeated: self = repeated.plain(bytes)
        // Not a cast: an empty array is one of any type.
        case let content as [UInt8] where type(of: value) == [UInt8].self: self = .bytes(content)
        default: self = Self.reflected(value, bytes)
        }
    }

    private static func reflected(_ value: Any, _ bytes: [UInt8]) -> PlainValue {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { PlainValue($0.value, bytes) } ?? .absent
        case .collection: return .list(mirror.children.map { PlainValue($0.value, bytes) })
        default:
            var fields: [String: PlainValue] = [:]
            for case (let name?, let value) in mirror.children where name != "unknownFields" {
                fields[name] = PlainValue(value, bytes)
            }
            return .fields(fields)
        }
    }
}

/// A repeated field or a map, of a message or of a view.
private protocol Repeated {
    func plain(_ bytes: [UInt8]) -> PlainValue
}

extension WireMap: Repeated {
    fileprivate func plain(_ bytes: [UInt8]) -> PlainValue {
        .list(map { .entry(PlainValue($0.key), PlainValue($0.value)) })
    }
}

/// An entry of a map that a view reads.
private protocol Entry {
    var parts: (key: Any, value: Any) { get }
}

extension EntryCodec.View: Entry {
    fileprivate var parts: (key: Any, value: Any) { (key, value) }
}

extension WireList: Repeated {
    /// Of entries with equal keys the last one counts, at the place of the first.
    fileprivate func plain(_ bytes: [UInt8]) -> PlainValue {
        var values: [PlainValue] = []
        var places: [PlainValue: Int] = [:]
        forEach(in: bytes.span) { element in
            guard let entry = element as? any Entry else {
                values.append(PlainValue(element, bytes))
                return
            }
            let key = PlainValue(entry.parts.key, bytes)
            let pair = PlainValue.entry(key, PlainValue(entry.parts.value, bytes))
            if let place = places[key] {
                values[place] = pair
            } else {
                places[key] = values.count
                values.append(pair)
            }
        }
        return .list(values)
    }
}

/// Both ways to read a message's bytes, side by side.
struct BothReadings<Value: ViewedMessage> {
    let decoded: Result<PlainValue, WireError>
    let viewed: Result<PlainValue, WireError>

    init(_ bytes: [UInt8], as type: Value.Type, limits: DecodingLimits = .default) {
        decoded = Result { () throws(WireError) in PlainValue(try Value(decoding: bytes.span, limits: limits)) }
        viewed = Result { () throws(WireError) in
            PlainValue(try Value.View(validating: bytes.span, limits: limits), bytes)
        }
    }

    /// Whether both give the same values, or refuse the bytes with the same error.
    var agree: Bool { decoded == viewed }
}
