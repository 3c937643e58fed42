/// Which messages contain which in place, so that one that contains itself can be told.
struct MessageGraph {
    private var edges: [String: [String]] = [:]

    init(_ files: [FileDescriptorProto]) {
        for file in files {
            let prefix = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
            for message in file.messageType { add(message, prefix: prefix) }
        }
    }

    private mutating func add(_ message: DescriptorProto, prefix: String) {
        let name = prefix + (message.name ?? "")
        edges[name] = message.field.filter { $0.type == .message && $0.label != .repeated }
            .map { String(($0.typeName ?? "").drop { $0 == "." }) }
        for nested in message.nestedType { add(nested, prefix: name + ".") }
    }

    /// Whether a value of `origin` may contain one of `target` other than through a repeated field.
    func contains(from origin: String, to target: String) -> Bool {
        var seen: Set<String> = []
        var open = [origin]
        while let next = open.popLast() {
            if next == target { return true }
            guard seen.insert(next).inserted else { continue }
            open += edges[next] ?? []
        }
        return false
    }
}
