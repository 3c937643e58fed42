/// Writes a message: a struct with its fields, its reading and its writing; or a struct that views its bytes.
struct SwiftMessageEmitter {
    let message: MessagePlan
    let types: SwiftTypes
    let form: SwiftForm
    let fieldNames: [String]
    let oneofNames: [(member: String, type: String)]

    init(_ message: MessagePlan, _ types: SwiftTypes, as form: SwiftForm) {
        self.message = message
        self.types = types
        self.form = form
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

    /// The message or the view, with all that is inside.
    func emit(into text: inout SourceText) {
        switch form {
        case .message: emitMessage(into: &text)
        case .view: emitView(into: &text)
        }
    }

    private func emitMessage(into text: inout SourceText) {
        text.documentation(message.comment, fallback: "The message `\(message.fullName)`.")
        let access = types.access
        text.block("\(access)struct \(SwiftNames.type(message.name)): Message") { text in
            text.line("/// The full name, with its package.")
            text.line("\(access)static var fullName: String { \"\(message.fullName)\" }")
            text.line()
            emitStorage(into: &text)
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
                SwiftMessageEmitter(nested, types, as: form).emit(into: &text)
            }
        }
    }

    /// The view in an extension of the message, those of inner messages behind it.
    private func emitView(into text: inout SourceText) {
        let name = types.name(message.fullName)
        text.block("extension \(name): ViewedMessage") { text in
            text.documentation(message.comment, fallback: "The message `\(message.fullName)`.")
            text.block("\(types.access)struct View: MessageView") { text in
                text.line("/// The message that it views.")
                text.line("\(types.access)typealias Viewed = \(name)")
                text.line()
                emitStorage(into: &text)
                if !message.fields.isEmpty { text.line() }
                text.line("/// A view of an empty message.")
                text.line("\(types.access)init() {}")
                text.line()
                emitReading(into: &text)
                for index in message.oneofs.indices { emitOneof(index, into: &text) }
            }
        }
        for nested in message.messages {
            text.line()
            SwiftMessageEmitter(nested, types, as: form).emit(into: &text)
        }
    }

    /// Who may see a stored field: a view's are set by reading alone.
    private var storage: String { types.access + (form == .view ? "private(set) var" : "var") }

    private func emitStorage(into text: inout SourceText) {
        for index in message.fields.indices { emitStorage(index, into: &text) }
        for (oneof, names) in zip(message.oneofs, oneofNames) {
            text.documentation(oneof.comment, fallback: "At most one of its cases.")
            text.line("\(storage) \(SwiftNames.quoted(names.member)): \(names.type)?")
        }
    }

    private func emitStorage(_ index: Int, into text: inout SourceText) {
        let field = message.fields[index]
        let name = SwiftNames.quoted(fieldNames[index])
        let value = types.value(field.kind, form)
        let declaration: String
        switch field.cardinality {
        case .oneof: return
        case .implicit: declaration = "\(name): \(value) = \(types.initial(field.kind, form))"
        case .repeated where form == .view, .map where form == .view:
            declaration = "\(name) = \(types.list(field))(field: \(field.number))"
        case .repeated: declaration = "\(name): [\(value)] = []"
        case .map(let key): declaration = "\(name) = WireMap<\(types.scalar(key)), \(value)>()"
        case .optional where field.isRecursive:
            text.documentation(field.comment, fallback: "The field `\(field.name)`.")
            text.block("\(types.access)var \(name): \(value)?") { text in
                text.line("get { self._\(fieldNames[index])?.value }")
                guard form == .message else { return }
                text.line("set { self._\(fieldNames[index]) = newValue.map { Indirect($0) } }")
            }
            text.line("private var _\(fieldNames[index]): Indirect<\(value)>?")
            return
        case .optional: declaration = "\(name): \(value)?"
        }
        text.documentation(field.comment, fallback: "The field `\(field.name)`.")
        text.line("\(storage) \(declaration)")
    }

    private func emitOneof(_ oneof: Int, into text: inout SourceText) {
        text.line()
        text.documentation(message.oneofs[oneof].comment, fallback: "At most one of these.")
        let protocols = form == .view ? "Sendable" : "Hashable, Sendable"
        text.block("\(types.access)enum \(oneofNames[oneof].type): \(protocols)") { text in
            for (index, field) in message.fields.enumerated() where field.cardinality == .oneof(oneof) {
                text.documentation(field.comment, fallback: "The field `\(field.name)`.")
                let prefix = field.isRecursive ? "indirect " : ""
                text.line("\(prefix)case \(SwiftNames.quoted(fieldNames[index]))(\(types.value(field.kind, form)))")
            }
        }
    }
}
