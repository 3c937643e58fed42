import Foundation

/// The package's files, read once.
struct SourceTree {
    static let shared = SourceTree()

    let table: ModuleTable
    /// Swift files written by hand.
    let sources: [ScannedSource]
    /// All other files written by hand that are text: line by line.
    let texts: [(path: String, lines: [String])]
    /// The sources of this package's modules: those of nested packages aren't.
    let modules: [ScannedSource]

    private let root: URL

    private init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let paths = ["Sources", "Tests", "benchmarks", "clients", "proto", "scripts", "deploy"]
            .flatMap { Self.files(below: $0, root) }.filter { !$0.contains("/Generated/") }
        let otherPaths =
            paths.filter { path in
                path.hasPrefix("scripts/") || [".proto", ".md", ".py", ".sh", ".ts"].contains { path.hasSuffix($0) }
            } + ["Makefile", "README.md", "ARCHITECTURE.md", "Package.swift"]
        self.root = root
        table = ModuleTable(manifest: Self.read("Package.swift", root))
        sources = paths.filter { $0.hasSuffix(".swift") }.map { ScannedSource(path: $0, text: Self.read($0, root)) }
        texts = otherPaths.map { ($0, Self.read($0, root).components(separatedBy: "\n")) }
        // What has a manifest of its own is no module of this package.
        let nested = paths.filter { $0.hasSuffix("/Package.swift") }.map { $0.dropLast("Package.swift".count) }
        modules = sources.filter { source in !nested.contains { source.path.hasPrefix($0) } }
    }

    /// The text of a file; empty where there is none.
    func text(_ path: String) -> String { Self.read(path, root) }

    /// Whether there is a file or a folder of this path.
    func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(path: path).path) }

    private static func read(_ path: String, _ root: URL) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// All files below a folder, from the root; what git ignores isn't there, but for builds of nested packages.
    private static func files(below folder: String, _ root: URL) -> [String] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap {
            $0 as? String
        }
        return (names ?? []).filter {
            !$0.contains(".build/") && !$0.contains("__pycache__") && !$0.contains("node_modules/")
        }
        .map { "\(folder)/\($0)" }
        .filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        .sorted()
    }
}
