import Foundation
import Testing

@testable import remit_load

struct BenchmarkRatioTests {
    @Test(
        "its median is held against must and goal",
        arguments: [
            (12, .higher, 5, 12, .goalMet), (11.9, .higher, 5, 12, .mustMet), (5, .higher, 5, 12, .mustMet),
            (4.9, .higher, 5, 12, .mustMissed), (1.2, .lower, 2, 1.2, .goalMet), (2, .lower, 2, 1.2, .mustMet),
            (2.1, .lower, 2, 1.2, .mustMissed), (3, .higher, nil, nil, .shown), (3, .higher, nil, 2, .goalMet),
            (1, .higher, nil, 2, .shown), (3, .higher, 2, nil, .mustMet),
        ] as [(Double, Better, Double?, Double?, BenchmarkRatio.Standing)])
    func standing(
        median: Double, better: Better, must: Double?, goal: Double?, standing: BenchmarkRatio.Standing
    ) throws {
        let ratio = try #require(
            BenchmarkRatio(
                "Get", to: "grpc", figure: "requestsPerSecond", values: [median], better: better, must: must,
                goal: goal))
        #expect(ratio.standing == standing)
    }

    @Test("says in its JSON how it stands, and doesn't believe what JSON says")
    func standingInJSON() throws {
        var document = try BenchmarkDocument.sample()
        let text = String(decoding: try document.encoded(), as: UTF8.self)
        #expect(text.contains(#""standing" : "mustMet""#))
        let forged = text.replacing(#""standing" : "mustMet""#, with: #""standing" : "goalMet""#)
        document = try BenchmarkDocument(Data(forged.utf8), name: "a.json")
        #expect(document.ratios.first?.standing == .mustMet)
    }
}
