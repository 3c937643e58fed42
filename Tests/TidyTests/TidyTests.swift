import Testing

/// The rules of the house, held against the whole tree.
struct TidyTests {
    private let tree = SourceTree.shared

    @Test("modules import what their rows name")
    func imports() {
        let rule = ImportRule(table: tree.table)
        expectNone(tree.modules.flatMap(rule.violations) + rule.violationsOfOrder())
    }

    @Test("files and functions are small")
    func sizes() {
        expectNone(tree.sources.flatMap(SizeRule.violations))
    }

    @Test("what the compiler can't check has a written reason")
    func reasons() {
        expectNone(tree.sources.flatMap(ReasonRule.violations))
    }

    @Test("no hidden traps, no printing libraries, no sleeping tests, no private notes")
    func forbidden() {
        let inCode = tree.sources.flatMap { source in
            let row = tree.table.row(ofFile: source.path)
            let isTest = row?.kind == "test" || row?.name == "RemitTesting"
            let isLibrary = !isTest && ["library", "published"].contains(row?.kind)
            return ForbiddenRule.violations(in: source, isLibrary: isLibrary, isTest: isTest)
        }
        expectNone(inCode + tree.texts.flatMap { ForbiddenRule.notes(path: $0.path, lines: $0.lines) })
    }

    @Test("a file is named like its main type")
    func names() {
        expectNone(tree.sources.flatMap(NamingRule.violations))
    }

    @Test("each module is described")
    func modules() {
        expectNone(
            DocumentRule.violations(architecture: tree.text("ARCHITECTURE.md"), table: tree.table))
    }

    @Test("the README's client is one that the tests compile")
    func readme() throws {
        let shown = try #require(DocumentRule.swiftBlock(in: tree.text("README.md")))
        let compiled = try #require(
            DocumentRule.markedRegion(in: tree.text("Tests/RemitServerTests/ReadmeClient.swift")))
        #expect(shown == compiled)
    }

    @Test("the documents' links lead somewhere", arguments: ["README.md", "ARCHITECTURE.md"])
    func links(document: String) {
        let links = DocumentRule.links(in: tree.text(document))
        #expect(!links.isEmpty)
        #expect(links.filter { !tree.has($0) } == [])
    }

    @Test("the scan finds the tree")
    func finds() {
        #expect(tree.table.rows.count > 30)
        #expect(tree.sources.contains { $0.path == "Sources/remit/RemitCommand.swift" })
        #expect(tree.texts.contains { $0.path == "Makefile" && $0.lines.count > 10 })
    }

    private func expectNone(_ violations: [Violation], at location: SourceLocation = #_sourceLocation) {
        for violation in violations { Issue.record("\(violation)", sourceLocation: location) }
    }
}
