import Foundation

/// All figures of a session with where they were measured: what `benchmarks/results/*.json` hold.
///
/// What is added within a format is optional to readers; what changes its meaning makes a new format.
struct BenchmarkDocument: Codable, Hashable, Sendable {
    static let formatOfNow = 1

    private(set) var format = formatOfNow
    var environment: LoadEnvironment
    var results: [BenchmarkResult]
    var ratios: [BenchmarkRatio]

    init(environment: LoadEnvironment, results: [BenchmarkResult] = [], ratios: [BenchmarkRatio] = []) {
        self.environment = environment
        self.results = results
        self.ratios = ratios
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        format = try container.decode(Int.self, forKey: .format)
        guard format == Self.formatOfNow else {
            throw DecodingError.dataCorruptedError(
                forKey: .format, in: container, debugDescription: "its format is \(format), not \(Self.formatOfNow)")
        }
        environment = try container.decode(LoadEnvironment.self, forKey: .environment)
        results = try container.decodeIfPresent([BenchmarkResult].self, forKey: .results) ?? []
        ratios = try container.decodeIfPresent([BenchmarkRatio].self, forKey: .ratios) ?? []
    }

    /// The same document gives the same bytes: keys are sorted.
    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads a document; `name` is what a failure calls it.
    init(_ data: Data, name: String) throws(LoadFailure) {
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch let error as DecodingError {
            throw LoadFailure("\(name) holds no figures of remit-load: \(error.place)")
        } catch {
            throw LoadFailure("\(name) holds no figures of remit-load.")
        }
    }

    /// Reads a file.
    init(path: String) throws(LoadFailure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LoadFailure("There is no file \(path) that can be read.")
        }
        try self.init(data, name: path)
    }

    /// Writes a file, in place of one that may be there.
    func write(to path: String) throws(LoadFailure) {
        do {
            try encoded().write(to: URL(fileURLWithPath: path))
        } catch {
            throw LoadFailure("\(path) can't be written: is its folder there, and may it be written to?")
        }
    }
}

extension DecodingError {
    /// What is wrong, and where, in one sentence.
    fileprivate var place: String {
        switch self {
        case .keyNotFound(let key, let context): "\(Self.path(context)) lacks “\(key.stringValue)”."
        case .typeMismatch(_, let context): "\(Self.path(context)) is of another type."
        case .valueNotFound(_, let context): "\(Self.path(context)) is null."
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "it is no JSON."
        case .dataCorrupted(let context): "at \(Self.path(context)), \(context.debugDescription)."
        @unknown default: "it has another form."
        }
    }

    private static func path(_ context: Context) -> String {
        let path = context.codingPath.reduce(into: "") { path, key in
            path += key.intValue.map { "[\($0)]" } ?? (path.isEmpty ? "" : ".") + key.stringValue
        }
        return path.isEmpty ? "it" : path
    }
}
