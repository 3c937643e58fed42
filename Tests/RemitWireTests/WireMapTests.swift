import RemitTesting
import RemitWire
import Testing

@Suite("WireMap")
struct WireMapTests {
    @Test("does what a dictionary does, in the order of first insertion")
    func model() {
        let seed = SeededRandom(printedAs: "WireMapTests.model")
        var random = seed
        for _ in 0..<40 {
            var map = WireMap<Int, Int>()
            var model: [Int: Int] = [:]
            var order: [Int] = []
            for _ in 0..<120 {
                let key = Int.random(in: 0..<40, using: &random)
                let value: Int? = Int.random(in: 0..<4, using: &random) == 0 ? nil : Int(key &* 7)
                if value == nil { order.removeAll { $0 == key } } else if model[key] == nil { order.append(key) }
                map[key] = value
                model[key] = value
                #expect(map.keys == order, "SEED=\(seed.seed)")
            }
            for key in 0..<40 { #expect(map[key] == model[key], "SEED=\(seed.seed)") }
            #expect(map.values == order.map { model[$0] }, "SEED=\(seed.seed)")
        }
    }

    @Test("is equal to another with the same pairs in another order")
    func equality() {
        let pairs = (0..<30).map { ("\($0)", $0) }
        for count in [0, 1, 2, 15, 16, 17, 30] {
            let map = WireMap(pairs.prefix(count))
            let reversed = WireMap(pairs.prefix(count).reversed())
            #expect(map == reversed)
            #expect(map.hashValue == reversed.hashValue)
            var other = map
            other["0"] = -1
            #expect(map != other)
        }
        #expect(["a": 1, "b": 2] as WireMap == ["b": 2, "a": 1])
    }

    @Test("keeps the last value of a repeated key")
    func lastWins() {
        let map: WireMap = ["a": 1, "b": 2, "a": 3]
        #expect(map.map(\.key) == ["a", "b"])
        #expect(map["a"] == 3)
    }
}
