/// Writes a message: a struct with its fields, its reading and its writing.
struct SwiftMessageEmitter {
    let message: MessagePlan
    let types: SwiftTypes
    let fieldNames: [String]
    let oneofNames: [(member: String, type: String)]

    init(_ message: MessagePlan, _ types: SwiftTypes) {
        self.message = message
        self.types = types
        var taken: Set<String> = []
        var names: [String] = []
        for field in message.fields {
            var name = SwiftNames.member(field.name)
            if !taken.insert(name).inserted { name += "_\(field.number)" }
            names.append(name)
        }
        fieldNames = names
        let nested = Set(message.messages.map(\.name) + message.enums.map(\.name))
        oneofNames = message.oneofs.map { oneof in
            let type = SwiftNames.upperCamel(oneof.name)
            return (SwiftNames.member(oneof.name), SwiftNames.type(nested.contains(type) ? type + "Oneof" : type))
        }
    }

    func emit(into text: inout SourceText) {
        text.documentation(message.comment, fallback: "The message `\(message.fullName)`.")
        let access = types.access
        text.block("\(access)struct \(SwiftNames.type(message.name)): Message") { text in
            text.line("/// The full name, with its package.")
            text.line("\(access)static var fullName: String { \"\(message.fullName)\" }")
            text.line()
            for index in message.fields.indices { emitStorage(index, into: &text) }
            for (index, oneof) in message.oneofs.enumerated() {
                text.documentation(oneof.comment, fallback: "At most one of its cases.")
                let names = oneofNames[index]
                text.line("\(access)var \(SwiftNames.quoted(names.member)): \(names.type)?")
            }
            text.line("/// The fields that this definition doesn't know.")
            text.line("\(access)var unknownFields = UnknownFields()")
            text.line()
            text.line("/// A message with every field at its default.")
            text.line("\(access)init() {}")
            text.line()
            emitReading(into: &text)
            text.line()
            emitWriting(into: &text)
            for index in message.oneofs.indices { emitOneof(index, into: &text) }
            for type in message.enums {
                text.line()
                SwiftEnumEmitter(type, types).emit(into: &text)
            }
            for nested in message.messages {
                text.line()
                SwiftMessageEmitter(nested, types).emit(into: &text)
            }
        }
    }

    private func emitStorage(_ index: Int, into text: inout SourceText) {
        let field = message.fields[index]
        let name = SwiftNames.quoted(fieldNames[index])
        let value = types.value(field.kind)
        let declaration: String
        switch field.cardinality {
        case .oneof: return
        case .implicit: declaration = "\(name): \(value) = \(types.initial(field.kind))"
        case .repeated: declaration = "\(name): [\(value)] = []"
        case .map(let key): declaration = "\(name) = WireMap<\(types.scalar(key)), \(value)>()"
        case .optional where field.isRecursive:
            text.documentation(field.comment, fallback: "The field `\(field.name)`.")
            text.block("\(types.access)var \(name): \(value)?") { text in
                text.line("get { self._\(fieldNames[index])?.value }")
                text.line("set { self._\(fieldNames[index]) = newValue.map { Indirect($0) } }")
            }
            text.line("private var _\(fieldNames[index]): Indirect<\(value)>?")
            return
        case .optional: declaration = "\(name): \(value)?"
        }
        text.documentation(field.comment, fallback: "The field `\(field.name)`.")
        text.line("\(types.access)var \(declaration)")
    }

    private func emitOneof(_ oneof: Int, into text: inout SourceText) {
        text.line()
        text.documentation(message.oneofs[oneof].comment, fallback: "At most one of these.")
        text.block("\(types.access)enum \(oneofNames[oneof].type): Hashable, Sendable") { text in
            for (index, field) in message.fields.enumerated() where field.cardinality == .oneof(oneof) {
                text.documentation(field.comment, fallback: "The field `\(field.name)`.")
                let prefix = field.isRecursive ? "indirect " : ""
                text.line("\(prefix)case \(SwiftNames.quoted(fieldNames[index]))(\(types.value(field.kind)))")
            }
        }
    }
}
