/// A module imports what its row of Package.swift names, and what is free in its layer; nothing else.
///
/// The compiler alone would let through whatever a dependency happens to bring along.
struct ImportRule {
    let table: ModuleTable

    /// Free from layer 1 on.
    static let freeFromLayer1: Set = ["Synchronization"]
    /// Free from layer 2 on.
    static let freeFromLayer2: Set = [
        "Logging", "Metrics", "Tracing", "BitCollections", "Collections", "DequeModule", "HashTreeCollections",
        "HeapModule", "OrderedCollections", "Glibc", "Musl", "Darwin", "Dispatch", "Foundation", "FoundationEssentials",
    ]
    /// Below layer 2, Foundation is there for JSON alone.
    static let foundationBelowLayer2: Set = ["RemitStripe"]

    func violations(in source: ScannedSource) -> [Violation] {
        guard let row = table.row(ofFile: source.path) else {
            return [Violation(path: source.path, line: 1, message: "no row of Package.swift has this file")]
        }
        let allowed = allowed(for: row)
        return imports(of: source).filter { !allowed.contains($0.module) }.map { line, module in
            Violation(path: source.path, line: line, message: "\(row.name) must not import \(module)")
        }
    }

    /// Rows that name a module that stands below them in the table, or isn't there.
    func violationsOfOrder() -> [Violation] {
        var seen: Set<String> = []
        var violations: [Violation] = []
        for row in table.rows {
            for module in row.modules where !seen.contains(module) {
                violations.append(
                    Violation(path: "Package.swift", line: 1, message: "\(row.name) comes before \(module)"))
            }
            seen.insert(row.name)
        }
        return violations
    }

    private func allowed(for row: ModuleTable.Row) -> Set<String> {
        // The module of a target `a-b` is `a_b`.
        var allowed = Set((row.modules + row.products).map { $0.replacing("-", with: "_") })
        allowed.insert("Swift")
        if row.layer >= 1 { allowed.formUnion(Self.freeFromLayer1) }
        if row.layer >= 2 { allowed.formUnion(Self.freeFromLayer2) }
        if Self.foundationBelowLayer2.contains(row.name) { allowed.insert("Foundation") }
        if row.kind == "test" { allowed.insert("Testing") }
        return allowed
    }

    private func imports(of source: ScannedSource) -> [(line: Int, module: String)] {
        let kinds: Set = ["actor", "class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]
        return source.code.enumerated().compactMap { index, code in
            let words = Word.words(of: code, line: index + 1).map(\.text)
            guard let position = words.firstIndex(of: "import") else { return nil }
            guard let module = words[(position + 1)...].first(where: { !kinds.contains($0) }) else { return nil }
            return (index + 1, module)
        }
    }
}
