import Testing

/// Each rule of the house can fail.
struct RuleTests {
    private func scan(_ text: String, at path: String = "Sources/Low/Thing.swift") -> ScannedSource {
        ScannedSource(path: path, text: text)
    }

    @Test(
        "strings and comments are no code, interpolations are",
        arguments: [
            (#"let a = "try! \(b as! Int) // no" // one { /* ""#, "let a = ( b as! Int)"),
            ("/* print( /* nested */ } */ let c = 1", "let c = 1"),
            (##"let d = #"raw \(no) "quote" { \#(yes)"# + e"##, "let d = ( yes) + e"),
            (#"let f = "\"{" + "\\" + g"#, "let f = + + g"),
            (#"let h = "\(i("}") + j)" + k"#, "let h = ( i( ) + j) + k"),
        ])
    func scanning(text: String, code: String) {
        func words(_ text: String) -> String {
            text.replacing("(", with: "( ").split(separator: " ").joined(separator: " ")
        }
        #expect(words(scan(text).code[0]) == words(code))
    }

    @Test("a string of several lines and a comment keep their lines")
    func scanningLines() {
        let source = scan("let a = \"\"\"\n    as! \"{ \\(b)\n    \"\"\" // why\nlet c = 1 /* d\ne */")
        #expect(source.code.map { $0.filter { $0 != " " } } == ["leta=", "(b)", "", "letc=1", ""])
        #expect(source.comments.map { $0.filter { $0 != " " } } == ["", "", "//why", "/*d", "e*/"])
        #expect(source.code.map(\.count) == source.text.map(\.count))
    }

    private let manifest = """
        let crypto = product("Crypto", "swift-crypto")
        let rows: [Row] = [
            // Layer 0: values
            Row(name: "Low", kind: .published),
            // Layer 1: machines
            Row(name: "RemitStripe", modules: ["Low"], products: [crypto]),
            Row(name: "Middle", modules: ["Low"]),
            // Layer 2: input and output
            Row(
                name: "High", modules: ["Low", "Middle"],
                products: [crypto], path: "elsewhere/high"),
            // Tools and tests
            Row(name: "tool", kind: .executable, modules: ["High"]),
        ]
        let tests: [Row] = [
            Row(name: "LowTests", modules: ["Low"]),
        ]
        """

    @Test("the table of modules is read from the manifest")
    func table() {
        let table = ModuleTable(manifest: manifest)
        #expect(table.rows.map(\.name) == ["Low", "RemitStripe", "Middle", "High", "tool", "LowTests"])
        #expect(table.rows.map(\.layer) == [0, 1, 1, 2, 5, 5])
        #expect(table.rows.map(\.kind) == ["published", "library", "library", "library", "executable", "test"])
        #expect(
            table["High"]
                == ModuleTable.Row(
                    name: "High", kind: "library", layer: 2, modules: ["Low", "Middle"], products: ["Crypto"],
                    path: "elsewhere/high"))
    }

    @Test(
        "an import outside the row is found",
        arguments: [
            ("Sources/Low/A.swift", "import Synchronization", false),
            ("Sources/Low/A.swift", "import Foundation", false),
            ("Sources/Low/A.swift", "public import High", false),
            ("Sources/Middle/A.swift", "import Synchronization", true),
            ("Sources/Middle/A.swift", "package import struct Low.Thing", true),
            ("Sources/Middle/A.swift", "import Foundation", false),
            ("Sources/Middle/A.swift", "import Logging", false),
            ("Sources/Middle/A.swift", "@preconcurrency import Crypto", false),
            ("Sources/Middle/A.swift", "import func High.help", false),
            ("Sources/RemitStripe/A.swift", "import Foundation", true),
            ("elsewhere/high/A.swift", "@preconcurrency import Crypto", true),
            ("elsewhere/high/A.swift", "import Foundation", true),
            ("elsewhere/high/A.swift", "import NIOCore", false),
            ("elsewhere/high/A.swift", "import Testing", false),
            ("Tests/LowTests/A.swift", "@testable import Low", true),
            ("Tests/LowTests/A.swift", "import Testing", true),
            ("Tests/LowTests/A.swift", "import High", false),
            ("Sources/Unknown/A.swift", "", false),
        ])
    func imports(path: String, text: String, isGood: Bool) {
        let rule = ImportRule(table: ModuleTable(manifest: manifest))
        #expect(rule.violations(in: scan(text, at: path)).isEmpty == isGood)
    }

    @Test("a row before what it imports is found")
    func order() {
        let text = "// Layer 0: values\nRow(name: \"A\", modules: [\"B\"]),\nRow(name: \"B\"),"
        #expect(ImportRule(table: ModuleTable(manifest: text)).violationsOfOrder().count == 1)
    }

    @Test("functions are measured from keyword to closing brace")
    func functions() {
        let source = scan(
            """
            protocol P {
                func required(
                    _ a: Int
                ) -> Int
                var needed: Int { get }
            }
            struct S {
                var stored = 1
                var made: [Int] = {
                    []
                }()
                init?(_ a: () -> Void = {}) {
                    self.init()
                }
                func outer<let n: Int>() async
                    -> [Int]
                where S: P {
                    func inner() { if true { "}" } }
                    return []
                }
            }
            """)
        let functions = SizeRule.functions(of: source)
        #expect(functions.map(\.name) == ["needed", "init", "outer", "inner"])
        #expect(functions.map(\.line) == [5, 12, 15, 18])
        #expect(functions.map(\.lines) == [1, 3, 6, 1])
    }

    @Test("large files and functions are found, at the limit they are not")
    func sizes() {
        func function(lines: Int) -> String { "func f() {\n" + String(repeating: "\n", count: lines - 2) + "}\n" }
        #expect(SizeRule.violations(in: scan(function(lines: SizeRule.linesOfFunctionMax))).isEmpty)
        #expect(SizeRule.violations(in: scan(function(lines: SizeRule.linesOfFunctionMax + 1))).count == 1)
        #expect(SizeRule.violations(in: scan(String(repeating: "\n", count: SizeRule.linesOfFileMax))).isEmpty)
        #expect(SizeRule.violations(in: scan(String(repeating: "\n", count: SizeRule.linesOfFileMax + 1))).count == 1)
    }

    @Test(
        "a missing reason is found",
        arguments: [
            "final class A: @unchecked Sendable {}",
            "/// A thing of great importance.\nfinal class A: @unchecked Sendable {}",
            "// All of its state is guarded by a mutex.\n\nfinal class A: @unchecked Sendable {}",
            "// short\nfinal class A: @unchecked Sendable {}",
            "nonisolated(unsafe) var a = 1",
            "Task { await a() }",
            "let task = Task(name: \"a\") { await a() }",
            "Task.detached { await a() }",
            "// It goes on when the caller is gone.\nawait a()\nTask.immediate { await a() }",
        ])
    func reasons(text: String) {
        #expect(ReasonRule.violations(in: scan(text)).count == 1)
    }

    @Test(
        "a written reason is accepted, and what needs none isn't asked for one",
        arguments: [
            "// All of its state is guarded by a mutex.\nfinal class A: @unchecked Sendable {}",
            "/// Sendable, as its event loop alone touches it.\nfinal class A: @unchecked Sendable {}",
            "Task { await a() }  // It goes on when the caller is gone.",
            "// It goes on when the caller is gone,\n// for a reason.\nTask.detached { await a() }",
            "if Task.isCancelled {}", "await withTaskGroup { $0.addTask {} }", "let task: Task<Void, Never>?",
            "// Task { }", "let a = \"Task { }\"", "extension Task {}", "nonisolated func a() {}",
        ])
    func reasonsGiven(text: String) {
        #expect(ReasonRule.violations(in: scan(text)).isEmpty)
    }

    @Test(
        "forbidden words are found in libraries and in tests",
        arguments: [
            ("try! a()", true, true), ("a as! B", true, true), ("print(a)", true, false),
            ("debugPrint(a)", true, false),
            ("Task.sleep(for: .seconds(1))", false, true), ("sleep(1)", false, true), ("usleep(1)", false, true),
            ("Thread.sleep(forTimeInterval: 1)", false, true), ("clock.sleep(until: a)", false, false),
            ("func sleep(until: A)", false, false),
            ("printer.print(a)", false, false), ("try? a()", false, false), ("a as? B", false, false),
            ("// " + "TO" + "DO later", true, true), ("let a = \"/tm" + "p/a\"", true, true),
            ("// FIX" + "ME", true, true), ("// /wor" + "k/main", true, true), ("// /working/day", false, false),
        ])
    func forbidden(text: String, isFoundInLibrary: Bool, isFoundInTest: Bool) {
        let inLibrary = ForbiddenRule.violations(in: scan(text), isLibrary: true, isTest: false)
        let inTest = ForbiddenRule.violations(in: scan(text), isLibrary: false, isTest: true)
        #expect(inLibrary.isEmpty == !isFoundInLibrary)
        #expect(inTest.isEmpty == !isFoundInTest)
    }

    @Test(
        "a file's name and its types' names are held together",
        arguments: [
            ("Thing", "struct Thing {}", true), ("Thing", "extension Thing {}", true),
            ("Thing", "struct Other {}", false), ("Thing", "struct Other {}\nextension Other {}", false),
            ("Reads", "struct Other {}\nextension Thing {}", true),
            ("Thing", "// struct Thing\nenum Other {}", false), ("Thing+Refund", "extension Thing {}", true),
            ("main", "run()", true),
            ("Thing", "enum Outer {}\nextension Outer.Thing {}", true), ("Database", "struct Database {}", true),
            ("LockManager", "actor LockManager {}", false), ("ThingBase", "class ThingBase {}", false),
            ("Codecs", "enum A {}\nenum B {}", true),
            ("Codecs", "enum A {}", false), ("Codec", "enum A {}\nenum B {}", false),
            ("FileManager", "extension FileManager {}", true), ("Thing", "struct Thing { enum RetryUtil {} }", false),
        ])
    func names(file: String, text: String, isGood: Bool) {
        #expect(NamingRule.violations(in: scan(text, at: "Sources/Low/\(file).swift")).isEmpty == isGood)
    }

    @Test("a table of modules that differs from the manifest is found")
    func documents() {
        let table = ModuleTable(manifest: "Row(name: \"Low\"),\nRow(name: \"High\", modules: [\"Low\"]),")
        func violations(_ lines: String...) -> Int {
            DocumentRule.violations(architecture: lines.joined(separator: "\n"), table: table).count
        }
        #expect(violations("| `Low` | values |  |", "| `High` | all | `Low` |") == 0)
        #expect(violations("| `Low` | values |  |", "| `High` | all |  |") == 1)
        #expect(violations("| `Low` | values |  |") == 1)
        #expect(violations("| `Low` | values |  |", "| `High` | all | `Low` |", "| `Gone` | – |  |") == 1)
    }

    @Test("links into the package are found, others are not")
    func links() {
        let text = "[a](A.md), [b](https://example.com) and [c](c/d#e), [f](#g)."
        #expect(DocumentRule.links(in: text) == ["A.md", "c/d"])
    }

    @Test("the README's block and the compiled region are cut out alike")
    func snippets() {
        let source = "import A\n    // README begins\n    if a {\n        b()\n    }\n    // README ends\n"
        #expect(DocumentRule.markedRegion(in: source) == "if a {\n    b()\n}\n")
        #expect(
            DocumentRule.swiftBlock(in: "# A\n```sh\nmake\n```\n```swift\nif a {\n    b()\n}\n```\n")
                == "if a {\n    b()\n}\n")
        #expect(DocumentRule.markedRegion(in: "// README begins\n") == nil)
        #expect(DocumentRule.swiftBlock(in: "# A\n") == nil)
    }
}
