import RemitWire

/// Turns one file's descriptor into a plan.
struct PlanBuilder {
    private let comments: Comments
    private let syntax: String
    private let reach: MessageGraph

    init(_ file: FileDescriptorProto, graph: MessageGraph) {
        comments = Comments(file.sourceCodeInfo)
        syntax = file.syntax ?? "proto2"
        reach = graph
    }

    func plan(_ file: FileDescriptorProto) throws(GenerationError) -> FilePlan {
        guard syntax == "proto2" || syntax == "proto3" else {
            throw GenerationError("\(file.name ?? "?") has syntax \"\(syntax)\"; proto2 and proto3 are supported.")
        }
        let prefix = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
        var messages: [MessagePlan] = []
        for (index, message) in file.messageType.enumerated() {
            messages.append(try plan(message, prefix: prefix, path: [4, Int32(index)]))
        }
        var services: [ServicePlan] = []
        for (index, service) in file.service.enumerated() {
            services.append(try plan(service, prefix: prefix, path: [6, Int32(index)]))
        }
        var stripped = file
        stripped.sourceCodeInfo = nil
        return FilePlan(
            path: file.name ?? "", package: file.package ?? "", dependencies: file.dependency, messages: messages,
            enums: file.enumType.enumerated().map { plan($1, prefix: prefix, path: [5, Int32($0)]) },
            services: services, descriptor: stripped.encoded())
    }

    private func plan(
        _ message: DescriptorProto, prefix: String, path: [Int32]
    ) throws(GenerationError) -> MessagePlan {
        let name = message.name ?? ""
        let fullName = prefix + name
        var entries: [String: DescriptorProto] = [:]
        var messages: [MessagePlan] = []
        for (index, nested) in message.nestedType.enumerated() {
            if nested.options?.mapEntry == true {
                entries[".\(fullName).\(nested.name ?? "")"] = nested
            } else {
                messages.append(try plan(nested, prefix: fullName + ".", path: path + [3, Int32(index)]))
            }
        }
        // The compiler wraps each proto3 `optional` in a oneof of its own, behind the real ones.
        let synthetic = Set(message.field.filter { $0.proto3Optional == true }.compactMap(\.oneofIndex))
        var oneofs: [MessagePlan.Oneof] = []
        for (index, oneof) in message.oneofDecl.enumerated() where !synthetic.contains(Int32(index)) {
            oneofs.append(.init(name: oneof.name ?? "", comment: comments[path + [8, Int32(index)]]))
        }
        var fields: [FieldPlan] = []
        for (index, field) in message.field.enumerated() {
            var field = try plan(field, of: fullName, entries: entries, comment: comments[path + [2, Int32(index)]])
            switch (field.kind, field.cardinality) {
            case (.message(let target), .optional), (.message(let target), .oneof):
                field.isRecursive = reach.contains(from: target, to: fullName)
            default: break
            }
            fields.append(field)
        }
        return MessagePlan(
            name: name, fullName: fullName, comment: comments[path], fields: fields, oneofs: oneofs,
            messages: messages,
            enums: message.enumType.enumerated().map {
                plan($1, prefix: fullName + ".", path: path + [4, Int32($0)])
            })
    }

    private func plan(
        _ field: FieldDescriptorProto, of message: String, entries: [String: DescriptorProto], comment: String
    ) throws(GenerationError) -> FieldPlan {
        let name = field.name ?? ""
        var plan = FieldPlan(
            name: name, number: Int(field.number ?? 0), kind: try kind(field, of: message), cardinality: .optional,
            comment: comment)
        if let entry = entries[field.typeName ?? ""], entry.field.count == 2 {
            guard let key = ScalarType(entry.field[0].type) else {
                throw GenerationError("\(message).\(name) is a map with a key that is no scalar.")
            }
            plan.kind = try kind(entry.field[1], of: message)
            plan.cardinality = .map(key: key)
        } else if field.label == .repeated {
            let packed = field.options?.packed ?? (syntax == "proto3")
            plan.cardinality = .repeated(packed: packed && plan.kind.isPackable)
        } else if let oneof = field.oneofIndex, field.proto3Optional != true {
            plan.cardinality = .oneof(Int(oneof))
        } else if syntax == "proto3", field.proto3Optional != true {
            if case .message = plan.kind {} else { plan.cardinality = .implicit }
        }
        return plan
    }

    private func kind(_ field: FieldDescriptorProto, of message: String) throws(GenerationError) -> FieldPlan.Kind {
        if let scalar = ScalarType(field.type) { return .scalar(scalar) }
        let target = String((field.typeName ?? "").drop { $0 == "." })
        switch field.type {
        case .enum?: return .enum(target)
        case .message?: return .message(target)
        default: throw GenerationError("\(message).\(field.name ?? "") is a group, which isn't supported.")
        }
    }

    private func plan(_ type: EnumDescriptorProto, prefix: String, path: [Int32]) -> EnumPlan {
        EnumPlan(
            name: type.name ?? "", fullName: prefix + (type.name ?? ""), comment: comments[path],
            values: type.value.enumerated().map { index, value in
                .init(
                    name: value.name ?? "", number: value.number ?? 0, comment: comments[path + [2, Int32(index)]])
            })
    }

    private func plan(
        _ service: ServiceDescriptorProto, prefix: String, path: [Int32]
    ) throws(GenerationError) -> ServicePlan {
        let name = service.name ?? ""
        var methods: [ServicePlan.Method] = []
        for (index, method) in service.method.enumerated() {
            guard method.clientStreaming != true else {
                throw GenerationError("\(prefix)\(name).\(method.name ?? "") takes a stream, which isn't supported.")
            }
            let idempotency: ServicePlan.Idempotency =
                switch method.options?.idempotencyLevel {
                case .noSideEffects?: .noSideEffects
                case .idempotent?: .idempotent
                default: .unspecified
                }
            methods.append(
                .init(
                    name: method.name ?? "", request: String((method.inputType ?? "").drop { $0 == "." }),
                    response: String((method.outputType ?? "").drop { $0 == "." }),
                    isServerStreaming: method.serverStreaming == true, idempotency: idempotency,
                    comment: comments[path + [2, Int32(index)]]))
        }
        return ServicePlan(name: name, fullName: prefix + name, comment: comments[path], methods: methods)
    }
}
