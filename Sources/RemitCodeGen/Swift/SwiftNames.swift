/// How names of a .proto file are spelled in Swift.
enum SwiftNames {
    /// Words that need backticks where a name stands.
    private static let keywords: Set<String> = [
        "actor", "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit",
        "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if",
        "import", "in", "inout", "internal", "is", "let", "nil", "operator", "package", "precedencegroup", "private",
        "protocol", "public", "repeat", "rethrows", "return", "static", "struct", "subscript", "super", "switch",
        "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]

    /// Names that mean something else whatever their quoting, or that every message or enum has.
    private static let takenEnumMembers: Set<String> = ["self", "init", "allCases", "names"]
    private static let takenMessageMembers: Set<String> = ["self", "init", "hashValue", "unknownFields"]

    /// Types that generated code uses, and words that can't be types.
    private static let takenTypes: Set<String> = [
        "Any", "Array", "Bool", "Double", "Float", "Hasher", "Int", "Int32", "Int64", "Optional", "Protocol", "Range",
        "Self", "Span", "String", "Type", "UInt32", "UInt64", "UInt8", "Void", "EnumNames", "Indirect", "Message",
        "MessageView", "Method", "MethodDescriptor", "ProtoEnum", "RPCError", "ServerStream", "UnaryCall",
        "UnknownFields", "View", "Viewed", "ViewedMessage", "WireError", "WireList", "WireMap", "WireReader",
        "WireWriter",
    ]

    /// A type's name: as in the .proto file, first letter upper.
    static func type(_ name: String) -> String {
        let name = name.prefix(1).uppercased() + name.dropFirst()
        return takenTypes.contains(name) ? name + "_" : name
    }

    /// A field's or method's name: `created_at_ms` becomes `createdAtMs`.
    static func member(_ name: String) -> String {
        let camel = lowerCamel(name)
        return takenMessageMembers.contains(camel) ? camel + "_" : camel
    }

    /// An enum value's name without its enum's: `PAYMENT_STATUS_SUCCEEDED` becomes `succeeded`.
    static func enumValue(_ name: String, of type: String) -> String {
        let prefix = upperSnake(type) + "_"
        let short = name.hasPrefix(prefix) && name.count > prefix.count ? String(name.dropFirst(prefix.count)) : name
        let camel = lowerCamel(short)
        return takenEnumMembers.contains(camel) ? camel + "_" : camel
    }

    /// A name in backticks if it needs them.
    static func quoted(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }

    /// `remit/v1/payment.proto` becomes `RemitV1PaymentProto`.
    static func file(_ path: String) -> String {
        path.split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// `one_of_field` becomes `OneOfField`.
    static func upperCamel(_ name: String) -> String {
        words(name).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func lowerCamel(_ name: String) -> String {
        let words = words(name)
        guard let first = words.first else { return "_" }
        let camel =
            first.prefix(1).lowercased() + first.dropFirst()
            + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return camel.first?.isNumber == true ? "_" + camel : camel
    }

    /// The words between underscores; those without a lower-case letter are lower-cased.
    private static func words(_ name: String) -> [String] {
        name.split(separator: "_").map { word in
            word.contains(where: \.isLowercase) ? String(word) : word.lowercased()
        }
    }

    private static func upperSnake(_ name: String) -> String {
        var snake = ""
        var previous: Character = "_"
        for character in name {
            if character.isUppercase, previous != "_", !previous.isUppercase { snake += "_" }
            snake += character.uppercased()
            previous = character
        }
        return snake
    }
}
