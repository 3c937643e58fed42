/// A file has one main type and its name; a type's name says what it is.
enum NamingRule {
    private struct Declaration {
        var name: String
        var line: Int
        var isExtension: Bool
    }

    static let vagueEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Impl", "Base"]

    static func violations(in source: ScannedSource) -> [Violation] {
        let declared = declarations(of: source)
        var violations = declared.filter { !$0.isExtension }.compactMap { declaration in
            vagueEndings.first { declaration.name.hasSuffix($0) }.map {
                Violation(path: source.path, line: declaration.line, message: "\(declaration.name): \($0) says nothing")
            }
        }
        if !declared.isEmpty, !isNamed(source, after: declared) {
            violations.append(
                Violation(path: source.path, line: 1, message: "the file is named after none of its types"))
        }
        return violations
    }

    /// A plural is a family of small types; `main.swift` is the language's name.
    ///
    /// A file that extends types of other files is named after its topic: `PaymentReads`, `Payment+Machine`.
    private static func isNamed(_ source: ScannedSource, after declared: [Declaration]) -> Bool {
        let name = source.baseName
        let types = Set(declared.filter { !$0.isExtension }.map(\.name))
        if name == "main" || types.contains(name) { return true }
        if declared.contains(where: { $0.isExtension && !types.contains($0.name) }) { return true }
        return name.hasSuffix("s") && types.count >= 2
    }

    private static func declarations(of source: ScannedSource) -> [Declaration] {
        let keywords: Set = ["actor", "class", "enum", "extension", "protocol", "struct", "typealias"]
        return source.words.compactMap { word in
            guard keywords.contains(word.text), word.before != "." else { return nil }
            let name = word.after.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
            guard let last = name.split(separator: ".").last else { return nil }
            return Declaration(name: String(last), line: word.line, isExtension: word.text == "extension")
        }
    }
}
