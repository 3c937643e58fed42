import Foundation
import RemitTesting
import Testing

/// Random lives of a tenant, each held against what Stripe's books say at its end.
///
/// LIVES in the environment sets how many are lived.
@Suite struct TenantLifeTests {
    private static let livesOfSuite = 2_000
    /// Failures told of in full; more say the same.
    private static let failuresToldMax = 3

    private static var lives: Int {
        ProcessInfo.processInfo.environment["LIVES"].flatMap(Int.init) ?? livesOfSuite
    }

    @Test func everyLifeEndsWithRowsThatEqualTheBooks() async throws {
        let seeds = RemitTesting.SeededRandom(printedAs: "TenantLifeTests")
        var seed = seeds.seed
        var failures = 0
        for _ in 0..<Self.lives {
            let faults = try await TenantLife(seed: seed).run()
            if !faults.isEmpty {
                failures += 1
                try await tell(seed)
                if failures == Self.failuresToldMax { return }
            }
            seed = seeds.next()
        }
    }

    /// Lives the life that failed once more, and tells of it.
    private func tell(_ seed: UInt64) async throws {
        let life = try TenantLife(seed: seed, isLogged: true)
        let faults = try await life.run()
        Issue.record(
            """
            A tenant's life ended wrong; replay it with make test SEED=\(seed)
            \(faults.joined(separator: "\n"))
            \((life.log ?? []).joined(separator: "\n"))
            """)
    }
}
