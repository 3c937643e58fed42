/// The documents say what is so: ARCHITECTURE.md's table of modules is Package.swift's.
enum DocumentRule {
    /// Each module has a line `| \`Name\` | what for | \`Import\`, … |`, with the modules that its row names.
    static func violations(architecture: String, table: ModuleTable) -> [Violation] {
        let path = "ARCHITECTURE.md"
        var described: [String: Set<String>] = [:]
        for line in architecture.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map(codeSpans)
            guard let name = cells.first?.first, let imports = cells.last else { continue }
            described[name] = Set(imports)
        }
        var violations: [Violation] = []
        for row in table.rows where row.kind != "test" {
            let modules = Set(row.modules)
            guard let imports = described[row.name] else {
                violations.append(Violation(path: path, line: 1, message: "the table of modules lacks \(row.name)"))
                continue
            }
            if imports != modules {
                let difference = imports.symmetricDifference(modules).sorted().joined(separator: ", ")
                violations.append(
                    Violation(path: path, line: 1, message: "\(row.name) differs from Package.swift: \(difference)"))
            }
        }
        for name in described.keys.sorted() where table[name] == nil {
            violations.append(Violation(path: path, line: 1, message: "there is no module \(name)"))
        }
        return violations
    }

    /// The targets of a document's links that lie in the package, without their fragments.
    static func links(in document: String) -> [String] {
        document.split(separator: "](").dropFirst().compactMap { rest in
            let target = rest.prefix { $0 != ")" && $0 != "#" }
            return target.isEmpty || target.contains(":") ? nil : String(target)
        }
    }

    /// The first block of Swift code in a document, without its fences; nil where there is none.
    static func swiftBlock(in document: String) -> String? {
        guard let open = document.firstRange(of: "```swift\n") else { return nil }
        let rest = document[open.upperBound...]
        guard let close = rest.firstRange(of: "```") else { return nil }
        return String(rest[..<close.lowerBound])
    }

    /// What stands between the lines `// README begins` and `// README ends`, without its indentation.
    static func markedRegion(in source: String) -> String? {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { $0.hasSuffix("// README begins") }),
            let last = lines.firstIndex(where: { $0.hasSuffix("// README ends") }), first < last
        else { return nil }
        let region = lines[(first + 1)..<last]
        let indent = region.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return region.map { $0.dropFirst(indent) + "\n" }.joined()
    }

    private static func codeSpans(_ cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
}
