import Synchronization
import Testing

@testable import RemitService

/// The table that is read without a lock.
struct AppendOnlyTableTests {
    private final class Tracked: Sendable {
        let number: Int
        private let alive: Counter

        init(_ number: Int, _ alive: Counter) {
            self.number = number
            self.alive = alive
            alive.value.wrappingAdd(1, ordering: .relaxed)
        }

        deinit { alive.value.wrappingSubtract(1, ordering: .relaxed) }
    }

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    @Test("places are given in turn, and each lends its own element, however many there are")
    func places() {
        let table = AppendOnlyTable<String>()
        for number in 0..<5_000 { #expect(table.append("element \(number)") == UInt32(number)) }
        #expect(table.count == 5_000)
        // The chunks' borders lie at 64, 192, 448, 960, 1984 and 4032.
        for place in [0, 63, 64, 191, 192, 447, 448, 959, 960, 1_983, 1_984, 4_031, 4_032, 4_999] {
            #expect(table.withElement(at: UInt32(place)) { copy $0 } == "element \(place)")
        }
    }

    @Test("a place that was never given lends nothing")
    func strangePlaces() {
        let table = AppendOnlyTable<Int>()
        #expect(table.withElement(at: 0) { copy $0 } == nil)
        _ = table.append(7)
        #expect(table.withElement(at: 0) { copy $0 } == 7)
        for place: UInt32 in [1, 64, 100_000, .max] { #expect(table.withElement(at: place) { copy $0 } == nil) }
    }

    @Test("elements live as long as the table", arguments: [0, 1, 64, 65, 700])
    func lifetime(count: Int) {
        let alive = Counter()
        do {
            let table = AppendOnlyTable<Tracked>()
            for number in 0..<count { _ = table.append(Tracked(number, alive)) }
            #expect(alive.value.load(ordering: .relaxed) == count && table.count == count)
        }
        #expect(alive.value.load(ordering: .relaxed) == 0)
    }

    @Test("readers beside the one that appends see whole elements, and never lose one they saw")
    func concurrency() async {
        let table = AppendOnlyTable<[Int]>()
        let countMax = 20_000
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    var seen = 0
                    while seen < countMax {
                        let count = table.count
                        if count == seen { await Task.yield() }
                        for place in seen..<count {
                            guard table.withElement(at: UInt32(place), { $0.count == 2 && $0[0] == place }) == true
                            else { return false }
                        }
                        seen = count
                    }
                    return true
                }
            }
            group.addTask {
                for number in 0..<countMax { _ = table.append([number, 0]) }
                return true
            }
            for await isWhole in group { #expect(isWhole) }
        }
    }
}
