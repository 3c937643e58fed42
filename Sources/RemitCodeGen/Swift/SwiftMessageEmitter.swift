/// Writes a message: a struct with its fields, its reading and its writing.
struct SwiftMessageEmitter {
    private let message: MessagePlan
    private let types: SwiftTypes
    private let fieldNames: [String]
    private let oneofNames: [(member: String, type: String)]

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

// MARK: - Reading and writing

extension SwiftMessageEmitter {
    private func emitReading(into text: inout SourceText) {
        text.line("/// Reads fields up to the reader's end and merges them into this message.")
        let signature = "mutating func merge(from bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError)"
        text.block(types.access + signature) { text in
            guard !message.fields.isEmpty else {
                text.line("while try reader.nextTag(bytes) != nil { ")
                text.indented { $0.line("try reader.readUnknown(bytes, into: &self.unknownFields)") }
                text.line("}")
                return
            }
            text.block("while let tag = try reader.nextTag(bytes)") { text in
                text.line("switch tag {")
                for index in message.fields.indices { emitReading(of: index, into: &text) }
                text.line("default: try reader.readUnknown(bytes, into: &self.unknownFields)")
                text.line("}")
            }
        }
    }

    private func emitReading(of index: Int, into text: inout SourceText) {
        let field = message.fields[index]
        let target = "self.\(SwiftNames.quoted(fieldNames[index]))"
        let codec = types.codec(field.kind)
        switch field.cardinality {
        case .map(let key):
            let codecs = "\(types.codec(key)).self, \(codec).self"
            text.line("case \(field.packedTag): try reader.readEntry(bytes, \(codecs), into: &\(target))")
        case .repeated:
            if case .message = field.kind {
                text.line("case \(field.tag): try reader.readMessage(bytes, into: &\(target))")
                return
            }
            text.line("case \(field.tag): try reader.readElement(bytes, \(codec).self, into: &\(target))")
            guard field.kind.isPackable else { return }
            text.line("case \(field.packedTag): try reader.readPacked(bytes, \(codec).self, into: &\(target))")
        case .implicit, .optional:
            guard case .message = field.kind else {
                text.line("case \(field.tag): \(target) = \(read(field.kind))")
                return
            }
            let stored = field.isRecursive ? "self._\(fieldNames[index])" : target
            text.line("case \(field.tag): try reader.readMessage(bytes, into: &\(stored))")
        case .oneof(let oneof):
            let member = "self.\(SwiftNames.quoted(oneofNames[oneof].member))"
            let name = SwiftNames.quoted(fieldNames[index])
            guard case .message(let fullName) = field.kind else {
                text.line("case \(field.tag): \(member) = .\(name)(\(read(field.kind)))")
                return
            }
            text.line("case \(field.tag):")
            text.indented { text in
                text.line("var value = \(types.name(fullName))()")
                text.line("if case .\(name)(let present)? = \(member) { value = present }")
                text.line("try reader.readMessage(bytes, merging: &value)")
                text.line("\(member) = .\(name)(value)")
            }
        }
    }

    private func read(_ kind: FieldPlan.Kind) -> String {
        switch kind {
        case .scalar(let type): "try reader.read\(types.functionSuffix(type))(bytes)"
        case .enum(let fullName), .message(let fullName):
            "try reader.readEnum(bytes, as: \(types.name(fullName)).self)"
        }
    }

    private func emitWriting(into text: inout SourceText) {
        text.line("/// Writes this message in front of what the writer holds already.")
        text.block("\(types.access)func encode(into writer: inout WireWriter)") { text in
            text.line("writer.writeUnknown(self.unknownFields)")
            let descending = message.fields.indices.sorted { message.fields[$0].number > message.fields[$1].number }
            for index in descending { emitWriting(of: index, into: &text) }
        }
    }

    private func emitWriting(of index: Int, into text: inout SourceText) {
        let field = message.fields[index]
        let name = SwiftNames.quoted(fieldNames[index])
        let codec = types.codec(field.kind)
        switch field.cardinality {
        case .implicit:
            let condition = types.isSet("self.\(name)", field.kind)
            text.line("if \(condition) { writer.writeField(\(field.tag), self.\(name), \(codec).self) }")
        case .optional:
            text.line("if let value = self.\(name) { writer.writeField(\(field.tag), value, \(codec).self) }")
        case .oneof(let oneof):
            let member = "self.\(SwiftNames.quoted(oneofNames[oneof].member))"
            text.line("if case .\(name)(let value)? = \(member) {")
            text.indented { $0.line("writer.writeField(\(field.tag), value, \(codec).self)") }
            text.line("}")
        case .repeated(let packed):
            let function = packed ? "writePacked" : "writeRepeated"
            let tag = packed ? field.packedTag : field.tag
            text.line("writer.\(function)(\(tag), self.\(name), \(codec).self)")
        case .map(let key):
            let codecs = "\(types.codec(key)).self, \(codec).self"
            text.line("writer.writeMap(\(field.packedTag), self.\(name), \(codecs))")
        }
    }
}
