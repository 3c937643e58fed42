import Foundation

/// Figures of the fast paths that are the same on every machine: `scripts/guards` holds them against what they may be.
///
/// `remit-guards codec` runs the codec's paths for callgrind to count, `remit-guards allocations CERTIFICATE KEY` calls a
/// server in this process. Each figure is a line with a name and a number.
@main
enum RemitGuards {
    static func main() async {
        do {
            try await run()
        } catch {
            FileHandle.standardError.write(Data("remit-guards: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.count) {
        case ("codec", 1): try CodecPaths().run()
        case ("allocations", 3):
            try await AllocationPaths.run(certificate: arguments[2], key: arguments[3])
        default: throw GuardFailure("remit-guards codec, or remit-guards allocations CERTIFICATE KEY")
        }
    }

    static func tell(_ name: String, _ figure: String) {
        FileHandle.standardOutput.write(Data("\(name) \(figure)\n".utf8))
    }
}

/// Why there is no figure.
struct GuardFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
