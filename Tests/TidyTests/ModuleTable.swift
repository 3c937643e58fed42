/// The table of modules in Package.swift, read from its text.
struct ModuleTable {
    struct Row: Equatable {
        var name: String
        /// `library`, `published`, `executable`, `system`, or `test`.
        var kind: String
        /// 0 to 4; tools and tests stand above all layers.
        var layer: Int
        /// Modules of this package, by name.
        var modules: [String]
        /// Modules of other packages, by name.
        var products: [String]
        /// Where its sources lie, from the package's root.
        var path: String
    }

    static let layerOfTools = 5

    let rows: [Row]

    init(manifest: String) {
        var products: [String: String] = [:]
        var rows: [Row] = []
        var layer = 0
        var isTest = false
        var open: String?
        for line in manifest.split(separator: "\n").map({ $0.drop { $0 == " " } }) {
            if line.hasPrefix("let "), let call = line.firstIndex(of: "="), line[call...].hasPrefix("= product(") {
                let name = line.dropFirst(4).prefix { $0 != " " }
                products[String(name)] = Self.strings(in: line).first
            } else if line.hasPrefix("// Layer "), let number = line.dropFirst(9).first?.wholeNumberValue {
                layer = number
            } else if line.hasPrefix("// Tools") {
                layer = Self.layerOfTools
            } else if line.hasPrefix("let tests: [Row]") {
                isTest = true
            } else if line.hasPrefix("Row(") || open != nil {
                let text = (open ?? "") + line
                let isWhole = text.count { $0 == "(" } == text.count { $0 == ")" }
                open = isWhole ? nil : text
                guard isWhole else { continue }
                rows.append(Self.row(text, layer: isTest ? Self.layerOfTools : layer, isTest: isTest, products))
            }
        }
        self.rows = rows
    }

    subscript(name: String) -> Row? { rows.first { $0.name == name } }

    /// The row to which a file belongs.
    func row(ofFile path: String) -> Row? {
        rows.first { path.hasPrefix($0.path + "/") }
    }

    private static func row(_ text: String, layer: Int, isTest: Bool, _ products: [String: String]) -> Row {
        let name = strings(in: text[...]).first ?? ""
        let kind = field("kind", text).map { String($0.dropFirst().prefix { $0.isLetter }) } ?? "library"
        return Row(
            name: name, kind: isTest ? "test" : kind, layer: layer,
            modules: strings(in: list("modules", text)),
            products: list("products", text).split { !$0.isLetter && !$0.isNumber }
                .map { products[String($0)] ?? String($0) },
            path: field("path", text).flatMap { strings(in: $0).first } ?? "\(isTest ? "Tests" : "Sources")/\(name)")
    }

    /// What follows a label; nil where the row doesn't have it.
    private static func field(_ label: String, _ text: String) -> Substring? {
        guard let range = text.firstRange(of: label + ": ") else { return nil }
        return text[range.upperBound...]
    }

    /// What stands between the brackets that follow a label.
    private static func list(_ label: String, _ text: String) -> Substring {
        guard let rest = field(label, text), rest.first == "[" else { return "" }
        return rest.dropFirst().prefix { $0 != "]" }
    }

    private static func strings(in text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
}
