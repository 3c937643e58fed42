import Foundation

/// How calls are spread over the tenants.
enum TenantSpread: Hashable, Sendable {
    /// All go to the first.
    case single
    /// Each is as likely as any other.
    case uniform
    /// The tenant of rank k gets calls in proportion to 1 / k^s.
    case zipf(Double)
    /// The first gets so many times the calls of each other.
    case heavy(Double)
    /// One after the other, so that each tenant rests as long as can be.
    case turn

    /// Reads `single`, `uniform`, `turn`, `zipf` (s = 1), `zipf:1.2` or `heavy:10`; nil where it is none.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("single", 1): self = .single
        case ("uniform", 1): self = .uniform
        case ("turn", 1): self = .turn
        case ("zipf", 1): self = .zipf(1)
        case ("zipf", _):
            guard let exponent = Double(parts[1]), (0.01...10).contains(exponent) else { return nil }
            self = .zipf(exponent)
        case ("heavy", 2):
            guard let times = Double(parts[1]), (1...10_000).contains(times) else { return nil }
            self = .heavy(times)
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .single: "single"
        case .uniform: "uniform"
        case .turn: "turn"
        case .heavy(let times): "heavy:\(times)"
        case .zipf(let exponent): exponent == 1 ? "zipf" : "zipf:\(exponent)"
        }
    }
}

/// Says whose turn it is: by the spread, and repeatably by a seed.
struct TenantChooser: Sendable {
    private let spread: TenantSpread
    private let count: Int
    /// Of Vose's alias method, so that a choice costs the same for any number of tenants; empty where all are alike.
    private let own: [Double]
    private let other: [Int32]
    private var generator: SeededGenerator
    private var turn: Int

    /// A chooser among `count` tenants, at least 1; `turn` is where one that goes by turns begins.
    init(_ spread: TenantSpread, count: Int, seed: UInt64 = 0, turn: Int = 0) {
        self.spread = spread
        self.count = count
        self.turn = turn
        generator = SeededGenerator(seed: seed)
        switch spread {
        case .zipf(let exponent): (own, other) = Self.aliases((1...count).map { pow(Double($0), -exponent) })
        case .heavy(let times): (own, other) = Self.aliases((0..<count).map { $0 == 0 ? times : 1 })
        case .single, .uniform, .turn: (own, other) = ([], [])
        }
    }

    /// The same choices for another caller: other random numbers, another place to begin.
    func copy(seed: UInt64, turn: Int) -> TenantChooser {
        var copy = self
        copy.generator = SeededGenerator(seed: seed)
        copy.turn = turn
        return copy
    }

    /// The next call's tenant; `step` is how far one that goes by turns goes on.
    mutating func next(step: Int = 1) -> Int {
        switch spread {
        case .single: return 0
        case .uniform: return Int.random(in: 0..<count, using: &generator)
        case .turn:
            defer { turn = (turn + step) % count }
            return turn % count
        case .zipf, .heavy:
            let place = Int.random(in: 0..<count, using: &generator)
            return generator.unit() < own[place] ? place : Int(other[place])
        }
    }

    /// Each place keeps a part of its even share and gives the rest to one other place.
    private static func aliases(_ weights: [Double]) -> ([Double], [Int32]) {
        let sum = weights.reduce(0, +)
        var share = weights.map { $0 / sum * Double(weights.count) }
        var other = weights.indices.map { Int32($0) }
        var small = share.indices.filter { share[$0] < 1 }
        var large = share.indices.filter { share[$0] >= 1 }
        while let less = small.popLast(), let more = large.popLast() {
            other[less] = Int32(more)
            share[more] -= 1 - share[less]
            if share[more] < 1 { small.append(more) } else { large.append(more) }
        }
        // What is left is 1, but for rounding; a place without another keeps all.
        return (share, other)
    }
}
