/// Writes an enum: a struct over its number, with a static member for each name.
struct SwiftEnumEmitter {
    private let type: EnumPlan
    private let types: SwiftTypes
    private let values: [EnumPlan.Value]
    private let labels: [String]

    init(_ type: EnumPlan, _ types: SwiftTypes) {
        self.type = type
        self.types = types
        var taken: [String: Int32] = [:]
        var values: [EnumPlan.Value] = []
        var labels: [String] = []
        for value in type.values {
            var label = SwiftNames.enumValue(value.name, of: type.name)
            // Names that differ in case alone are one in Swift; for one number that loses nothing.
            if taken[label] == value.number { continue }
            if taken[label] != nil { label += "_\(value.number.magnitude)" }
            taken[label] = value.number
            values.append(value)
            labels.append(label)
        }
        self.values = values
        self.labels = labels
    }

    func emit(into text: inout SourceText) {
        let access = types.access
        let inlinable = types.inlinable ? "@inlinable " : ""
        text.documentation(type.comment, fallback: "The enum `\(type.fullName)`.")
        text.block("\(access)struct \(SwiftNames.type(type.name)): ProtoEnum") { text in
            text.line("/// The number on the wire.")
            text.line("\(access)var rawValue: Int32")
            text.line()
            text.line("/// The value with this number, named or not.")
            text.line("\(inlinable)\(access)init(rawValue: Int32) { self.rawValue = rawValue }")
            text.line()
            for (value, label) in zip(values, labels) {
                text.documentation(value.comment, fallback: "The value `\(value.name)`.")
                let name = SwiftNames.quoted(label)
                text.line("\(inlinable)\(access)static var \(name): Self { Self(rawValue: \(value.number)) }")
            }
            text.line()
            text.line("/// What the definition names.")
            text.line("\(access)static let names = EnumNames([")
            text.indented { text in
                for (value, label) in zip(values, labels) {
                    text.line("(\(value.number), \"\(value.name)\", \"\(label)\"),")
                }
            }
            text.line("])")
        }
    }
}
