/// Writes a service: its method table, the protocol that a server implements, and the client.
struct SwiftServiceEmitter {
    private let service: ServicePlan
    private let types: SwiftTypes
    private let name: String
    private let table: String

    init(_ service: ServicePlan, _ types: SwiftTypes) {
        self.service = service
        self.types = types
        name = SwiftNames.type(service.name)
        table = name + "Methods"
    }

    func emit(into text: inout SourceText) {
        emitProtocol(into: &text)
        text.line()
        emitTable(into: &text)
        text.line()
        emitClient(into: &text)
    }

    private func emitProtocol(into text: inout SourceText) {
        text.documentation(service.comment, fallback: "The service `\(service.fullName)`.")
        text.block("\(types.access)protocol \(name): Sendable") { text in
            for (index, method) in service.methods.enumerated() {
                if index > 0 { text.line() }
                text.documentation(method.comment, fallback: "The method `\(method.name)`.")
                let function = SwiftNames.quoted(SwiftNames.member(method.name))
                let request = types.name(method.request)
                let response = types.name(method.response)
                if method.isServerStreaming {
                    text.line("func \(function)(")
                    text.indented { $0.line("_ request: \(request), _ stream: ServerStream<\(response)>") }
                    text.line(") async throws(RPCError)")
                } else {
                    text.line("func \(function)(_ request: \(request), _ call: UnaryCall<\(response)>)")
                }
            }
        }
    }

    private func emitTable(into text: inout SourceText) {
        let access = types.access
        text.line("/// The methods of `\(service.fullName)`.")
        text.block("\(access)enum \(table)") { text in
            for method in service.methods {
                text.documentation(method.comment, fallback: "The method `\(method.name)`.")
                let kind = method.isServerStreaming ? ".serverStreaming" : ".unary"
                let member = SwiftNames.quoted(SwiftNames.member(method.name))
                text.line("\(access)static let \(member) = MethodDescriptor(")
                text.indented { text in
                    text.line("fullName: \"\(service.fullName)/\(method.name)\", kind: \(kind),")
                    text.line("idempotency: .\(method.idempotency), requestType: \"\(method.request)\",")
                    text.line("responseType: \"\(method.response)\")")
                }
            }
            text.line()
            text.line("/// All of them, in the order of the definition.")
            let all = service.methods.map { SwiftNames.quoted(SwiftNames.member($0.name)) }.joined(separator: ", ")
            text.line("\(access)static let all: [MethodDescriptor] = [\(all)]")
            text.line()
            text.line("/// The methods as a router takes them, served by `service`.")
            text.block("\(access)static func served(by service: some \(name)) -> [Method]") { text in
                text.line("[")
                text.indented { text in
                    for method in service.methods {
                        let shape = method.isServerStreaming ? "serverStreaming" : "unary"
                        let member = SwiftNames.quoted(SwiftNames.member(method.name))
                        text.line(".\(shape)(\(member), service.\(member)),")
                    }
                }
                text.line("]")
            }
        }
    }

    private func emitClient(into text: inout SourceText) {
        let access = types.access
        text.line("/// Calls `\(service.fullName)` through a channel.")
        text.block("\(access)struct \(name)Client<Channel: ClientChannel>: Sendable") { text in
            text.line("/// The way to the server.")
            text.line("\(access)let channel: Channel")
            text.line()
            text.line("/// A client of the service behind `channel`.")
            text.line("\(access)init(_ channel: Channel) { self.channel = channel }")
            for method in service.methods {
                text.line()
                text.documentation(method.comment, fallback: "The method `\(method.name)`.")
                let member = SwiftNames.quoted(SwiftNames.member(method.name))
                let response = types.name(method.response)
                let result = method.isServerStreaming ? "ResponseStream<\(response)>" : response
                text.line("\(access)func \(member)(")
                text.indented {
                    $0.line("_ request: \(types.name(method.request)), options: CallOptions = .init()")
                }
                text.line(") async throws(RPCError) -> \(result) {")
                text.indented { text in
                    if method.isServerStreaming {
                        text.line("try await channel.stream(\(table).\(member), request, options)")
                    } else {
                        text.line("try await channel.call(\(table).\(member), request, options).message")
                    }
                }
                text.line("}")
                if !method.isServerStreaming { emitCompletion(method, into: &text) }
            }
        }
    }

    /// The same method for callers with many calls under way.
    private func emitCompletion(_ method: ServicePlan.Method, into text: inout SourceText) {
        let member = SwiftNames.quoted(SwiftNames.member(method.name))
        text.line()
        text.documentation(method.comment, fallback: "The method `\(method.name)`.")
        text.line("///")
        text.line("/// Returns at once; `completion` is run once, by the rules of `ClientChannel`, and must not block.")
        if types.access == "public " { text.line("@inlinable") }
        text.line("\(types.access)func \(member)(")
        text.indented {
            $0.line("_ request: \(types.name(method.request)), options: CallOptions = .init(),")
            $0.line(
                "then completion: @escaping @Sendable (Result<\(types.name(method.response)), RPCError>) -> Void")
        }
        text.line(") {")
        text.indented {
            $0.line("channel.call(\(table).\(member), request, options, then: completion)")
        }
        text.line("}")
    }
}
