import Foundation

/// The vectors in proto/vectors, by name.
struct GoldenVectors {
    private(set) var bytes: [String: [UInt8]] = [:]
    private(set) var names: [String] = []

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "proto/vectors/remit-1.txt"), encoding: .utf8)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if let colon = line.firstIndex(of: ":") {
                names.append(String(line[..<colon]))
            } else if let name = names.last {
                bytes[name, default: []] += line.split(separator: " ").compactMap { UInt8($0, radix: 16) }
            }
        }
    }

    subscript(_ name: String) -> [UInt8] { bytes[name] ?? [] }
}
