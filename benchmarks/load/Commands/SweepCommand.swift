import ArgumentParser

/// The command `remit-load sweep`.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Find the highest rate at which p99 stays below a target.",
        discussion: """
            An open loop sends at --from calls a second, then at twice as many, until a rate doesn't hold: fewer than \
            99 of 100 calls got their answers within --p99 from when they were meant to be sent (refused ones and those \
            that couldn't be sent didn't), or one failed. Then the gap is halved until it is at most a twentieth. A \
            rate that doesn't hold is tried once more. Every step is shown.

            Exit codes: those of `remit-load run`; 3 when not even the first rate held.
            """)

    @OptionGroup var options: LoadOptions

    @Option(help: "What is sent: a scenario of single calls; may be repeated. get without it.")
    var scenario: [ScenarioName] = []
    @Option(help: "The target: 500us, 10ms, 2s.")
    var p99: LatencyTarget = LatencyTarget(microseconds: 10_000)
    @Option(help: "The first rate, calls a second, 1 to 10000000.")
    var from: Double = 500
    @Option(help: "The gaps between calls: constant or poisson.")
    var arrivals: ArrivalSchedule.Arrivals = .poisson
    @Option(help: "Rounds, 1 to 100: whole searches, one after the other.")
    var runs: Int = 1

    func validate() throws {
        try LoadOptions.check("--runs", [runs], in: 1...100)
        guard (1...10_000_000).contains(from) else {
            throw ValidationError("--from must be 1 to 10000000 calls a second; \(from) isn't.")
        }
        for name in scenario where !ScenarioName.ofCalls.contains(name) {
            throw ValidationError("\(name.rawValue) isn't made of single calls; a sweep needs them.")
        }
    }

    func run() async throws {
        let report = try await measuring { progress in
            var rows = (scenario.isEmpty ? [.get] : scenario).map { name in
                var row = options.row(name, .paced(arrivals))
                row.calls = name
                row.target = p99
                return row
            }
            let bench = try await options.bench(for: rows, progress)
            for round in 1...runs {
                for index in rows.indices {
                    let row = rows[index]
                    progress.begin("search \(round) of \(runs) · \(row.calls?.rawValue ?? "")")
                    rows[index].samples.append(try await Sweep(bench: bench, row: row, target: p99).sample(from: from))
                }
            }
            return LoadReport(rows: rows, environment: LoadEnvironment(notes: options.note))
        }
        Output.line(report.table)
        if let json = options.json { try report.document.write(to: json) }
        guard report.rows.allSatisfy({ $0.failed == 0 }) else { throw ExitCode(1) }
        guard report.rows.allSatisfy({ $0.samples.allSatisfy { $0.tally.good > 0 } }) else { throw ExitCode(3) }
    }
}
