extension SwiftMessageEmitter {
    func emitReading(into text: inout SourceText) {
        let noun = form == .view ? "view" : "message"
        text.line("/// Reads fields up to the reader's end and merges them into this \(noun).")
        let parameter = form == .view && !message.fields.isEmpty ? "whole" : "reader"
        let signature = "merge(from bytes: Span<UInt8>, _ \(parameter): inout WireReader) throws(WireError)"
        let unknown = form == .view ? "passUnknown(bytes)" : "readUnknown(bytes, into: &self.unknownFields)"
        text.block("\(types.access)mutating func \(signature)") { text in
            guard !message.fields.isEmpty else {
                text.line("while try reader.nextTag(bytes) != nil { try reader.\(unknown) }")
                return
            }
            // A view's loop calls nothing with the reader itself, so that a copy stays in registers.
            if form == .view { text.line("var reader = whole") }
            text.block("while let tag = try reader.nextTag(bytes)") { text in
                text.line("switch tag {")
                for index in message.fields.indices { emitReading(of: index, into: &text) }
                text.line("default: try reader.\(unknown)")
                text.line("}")
            }
            if form == .view { text.line("whole = reader") }
        }
    }

    /// How a sub-message is read.
    private var readMessage: String { form == .view ? "readView" : "readMessage" }

    private func emitReading(of index: Int, into text: inout SourceText) {
        let field = message.fields[index]
        let target = "self.\(SwiftNames.quoted(fieldNames[index]))"
        let codec = types.codec(field.kind)
        switch field.cardinality {
        case .repeated where form == .view, .map where form == .view:
            let tag = field.cardinality.isMap ? field.packedTag : field.tag
            text.line("case \(tag): try \(target).read(bytes, &reader)")
            guard !field.cardinality.isMap, field.kind.isPackable else { return }
            text.line("case \(field.packedTag): try \(target).readPacked(bytes, &reader)")
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
            text.line("case \(field.tag): try reader.\(readMessage)(bytes, into: &\(stored))")
        case .oneof(let oneof):
            let member = "self.\(SwiftNames.quoted(oneofNames[oneof].member))"
            let name = SwiftNames.quoted(fieldNames[index])
            guard case .message = field.kind else {
                text.line("case \(field.tag): \(member) = .\(name)(\(read(field.kind)))")
                return
            }
            text.line("case \(field.tag):")
            text.indented { text in
                text.line("var value = \(types.initial(field.kind, form))")
                // The old place gives the value up, or each merge would copy all that it holds.
                text.line("if case .\(name)(let present)? = \(member) { value = present }")
                text.line("\(member) = nil")
                text.line("try reader.\(readMessage)(bytes, merging: &value)")
                text.line("\(member) = .\(name)(value)")
            }
        }
    }

    private func read(_ kind: FieldPlan.Kind) -> String {
        switch kind {
        case .scalar(.string) where form == .view: "try reader.readStringRange(bytes)"
        case .scalar(.bytes) where form == .view: "try reader.readBytesRange(bytes)"
        case .scalar(let type): "try reader.read\(types.functionSuffix(type))(bytes)"
        case .enum(let fullName), .message(let fullName):
            "try reader.readEnum(bytes, as: \(types.name(fullName)).self)"
        }
    }

    func emitWriting(into text: inout SourceText) {
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
