import ArgumentParser

/// Makes one document of those that the tools of one run wrote.
struct Combine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Combine files of figures into one.",
        discussion: """
            What several files have of the same scenario, side and load becomes one result with the runs of all of \
            them, in their order, and the last one's lines; ratios of the same name likewise. The first file says where \
            it was measured.

            Exit codes: 0 written; 64 wrong usage, files of different machines, or a file that holds no figures.
            """)

    @Argument(help: "Files that remit-load or scripts/peers wrote, all on one machine.")
    var files: [String]
    @Option(name: .shortAndLong, help: "Where the document is written.")
    var output: String
    @Option(help: "name=value that the environment shall also name, such as command=…; may be repeated.")
    var note: [String] = []

    func validate() throws {
        for entry in note where !entry.contains("=") {
            throw ValidationError("--note \(entry) is no name=value.")
        }
    }

    func run() async throws {
        do {
            let documents = try files.map { path throws(LoadFailure) in try BenchmarkDocument(path: path) }
            var combined = try BenchmarkDocument(combining: documents)
            combined.environment.notes.merge(LoadEnvironment.parsed(notes: note), uniquingKeysWith: { $1 })
            try combined.write(to: output)
        } catch {
            throw ValidationError(error.message)
        }
    }
}

extension BenchmarkDocument {
    /// One document of several that were measured on one machine; the first one's date and notes stay, notes that only
    /// others have come to them.
    init(combining documents: [BenchmarkDocument]) throws(LoadFailure) {
        guard let first = documents.first else { throw LoadFailure("There is no document to combine.") }
        self.init(environment: first.environment)
        for document in documents {
            guard document.environment.isSameMachine(as: environment) else {
                throw LoadFailure("Figures of different machines don't make one document: measure them anew on one.")
            }
            environment.notes.merge(document.environment.notes, uniquingKeysWith: { first, _ in first })
            for result in document.results { add(result) }
            for ratio in document.ratios { add(ratio) }
        }
    }

    private mutating func add(_ result: BenchmarkResult) {
        guard let index = results.firstIndex(where: { $0.identity == result.identity }) else {
            results.append(result)
            return
        }
        for (name, figure) in result.figures {
            results[index].figures[name] = results[index].figures[name]?.followed(by: figure) ?? figure
        }
        // The last one's lines, as of several runs: those of all would show the runs' differences.
        if let series = result.series { results[index].series = series }
    }

    private mutating func add(_ ratio: BenchmarkRatio) {
        let index = ratios.firstIndex { earlier in
            (earlier.name, earlier.of, earlier.to, earlier.figure) == (ratio.name, ratio.of, ratio.to, ratio.figure)
        }
        guard let index, let spread = Spread(ratios[index].spread.values + ratio.spread.values) else {
            ratios.append(ratio)
            return
        }
        ratios[index].spread = spread
    }
}

extension Figure {
    /// With the runs of another of the same unit after its own; itself where the unit differs.
    fileprivate func followed(by other: Figure) -> Figure {
        guard unit == other.unit else { return self }
        return Figure(spread.values + other.spread.values, unit: unit, better: better) ?? self
    }
}

extension LoadEnvironment {
    fileprivate func isSameMachine(as other: LoadEnvironment) -> Bool {
        (cpu, cores, kernel) == (other.cpu, other.cores, other.kernel)
    }
}
