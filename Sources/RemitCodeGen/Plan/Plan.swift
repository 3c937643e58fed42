/// What is to be generated, without regard to a language.
package struct Plan: Sendable {
    /// The files to generate code for, in the order of the request.
    package var files: [FilePlan]
    /// Every type that these files may name: full name to its path of names inside of its package.
    package var typePaths: [String: [String]]

    /// Plans what a compiler asks for.
    package init(_ request: CodeGeneratorRequest) throws(GenerationError) {
        let graph = MessageGraph(request.protoFile)
        files = []
        typePaths = [:]
        for file in request.protoFile {
            let prefix = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
            for message in file.messageType { addPaths(of: message, prefix: prefix, outer: []) }
            for type in file.enumType { typePaths[prefix + (type.name ?? "")] = [type.name ?? ""] }
            guard request.fileToGenerate.contains(file.name ?? "") else { continue }
            files.append(try PlanBuilder(file, graph: graph).plan(file))
        }
    }

    private mutating func addPaths(of message: DescriptorProto, prefix: String, outer: [String]) {
        let path = outer + [message.name ?? ""]
        let fullName = prefix + path.joined(separator: ".")
        typePaths[fullName] = path
        for nested in message.nestedType { addPaths(of: nested, prefix: prefix, outer: path) }
        for type in message.enumType { typePaths[fullName + "." + (type.name ?? "")] = path + [type.name ?? ""] }
    }
}
