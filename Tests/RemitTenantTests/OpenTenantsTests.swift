import RemitDomain
import Testing

@testable import RemitTenant

/// The directory's table beside a world that answers its commands: it counts, and looks at every promise.
private struct World {
    typealias Table = OpenTenants<Int, String>

    /// What a tenant does next on its own.
    enum Move: CaseIterable {
        case open, leave, stay, idle
    }

    var table: Table
    let limit: Int
    var opening: Set<String> = []
    var asked: Set<String> = []
    var open: Set<String> = []
    var busy: Set<String> = []
    var given: [String: [Int]] = [:]
    var handed: [String: [Int]] = [:]
    var refused: [String: [Int]] = [:]
    var refusedWhileFree = false
    var next = 0

    init(limit: Int) {
        self.limit = limit
        table = Table(limit: limit)
    }

    mutating func receive(_ tenant: String) {
        next += 1
        given[tenant, default: []].append(next)
        apply(table.received(next, for: TenantID(tenant)))
    }

    func can(_ move: Move, _ tenant: String) -> Bool {
        switch move {
        case .open: opening.contains(tenant)
        case .leave, .stay: asked.contains(tenant)
        case .idle: busy.contains(tenant)
        }
    }

    mutating func make(_ move: Move, _ tenant: String) {
        let id = TenantID(tenant)
        switch move {
        case .open:
            opening.remove(tenant)
            open.insert(tenant)
            apply(table.opened(id, handle: tenant))
        case .leave:
            asked.remove(tenant)
            open.remove(tenant)
            apply(table.closed(id))
        case .stay:
            asked.remove(tenant)
            busy.insert(tenant)
            apply(table.keptOpen(id))
        case .idle:
            busy.remove(tenant)
            apply(table.becameIdle(id))
        }
    }

    private mutating func apply(_ commands: [Table.Command]) {
        for command in commands {
            switch command {
            case .open(let tenant): opening.insert(tenant.text)
            case .hand(let tenant, let entries):
                #expect(open.contains(tenant) && !asked.contains(tenant), "handed to a tenant that leaves")
                handed[tenant, default: []] += entries
            case .rest: break
            case .close(let tenant): asked.insert(tenant)
            case .closeWhenIdle(let tenant): asked.insert(tenant)
            case .refuse(let entries, let refusal):
                for (tenant, all) in given where !Set(all).isDisjoint(with: entries) {
                    refused[tenant, default: []] += entries
                }
                // The table asks before it refuses: whoever is open then has said that it is busy.
                if case .allBusy = refusal, open != busy || open.count != limit { refusedWhileFree = true }
            }
        }
    }

    /// What must hold between any two inputs.
    func check(_ path: String) {
        #expect(open.count + opening.count <= limit, "above the limit: \(path)")
        #expect(!refusedWhileFree, "refused while one was free: \(path)")
        for (tenant, entries) in handed { #expect(entries == entries.sorted(), "reordered for \(tenant): \(path)") }
        if table.waitingCount > 0 {
            #expect(!opening.isEmpty || !asked.isEmpty, "who waits, waits for nothing: \(path)")
        }
    }

    /// Lets every tenant do what it was asked for: then nobody waits, and each entry went one way.
    mutating func finish(_ path: String) {
        var steps = 0
        while let (move, tenant) = pending {
            make(move, tenant)
            steps += 1
            guard steps < 100 else {
                Issue.record("never at rest: \(path)")
                return
            }
        }
        for (tenant, entries) in given {
            let ends = (handed[tenant] ?? []) + (refused[tenant] ?? [])
            #expect(ends.sorted() == entries, "lost or doubled for \(tenant): \(path)")
        }
        #expect(table.waitingCount == 0)
    }

    private var pending: (Move, String)? {
        if let tenant = opening.min() { return (.open, tenant) }
        if let tenant = asked.min() { return (.leave, tenant) }
        return nil
    }
}

@Suite struct OpenTenantsTests {
    private typealias Table = OpenTenants<Int, String>

    @Test(arguments: [(2, 1, 8), (3, 1, 7), (3, 2, 7)])
    func everyShortSequenceKeepsThePromises(tenants: Int, limit: Int, depth: Int) {
        let names = ["a", "b", "c"].prefix(tenants)
        var count = 0
        func walk(_ world: World, _ path: String, _ left: Int) {
            count += 1
            var ending = world
            ending.finish(path)
            guard left > 0 else { return }
            for name in names {
                var next = world
                next.receive(name)
                next.check(path + "+\(name)")
                walk(next, path + "+\(name)", left - 1)
                for move in World.Move.allCases where world.can(move, name) {
                    var next = world
                    next.make(move, name)
                    next.check(path + " \(move)(\(name))")
                    walk(next, path + " \(move)(\(name))", left - 1)
                }
            }
        }
        walk(World(limit: limit), "", depth - 3)
        #expect(count > 100)
    }

    @Test func seededLongLivesKeepThePromises() {
        for seed in UInt64(1)...30 {
            var random = Generator(state: seed)
            var world = World(limit: 2)
            for _ in 0..<200 {
                let name = ["a", "b", "c", "d"][Int(random.next() % 4)]
                let moves = World.Move.allCases.filter { world.can($0, name) }
                if moves.isEmpty || random.next() % 3 == 0 {
                    world.receive(name)
                } else {
                    world.make(moves[Int(random.next() % UInt64(moves.count))], name)
                }
                world.check("seed \(seed)")
            }
            world.finish("seed \(seed)")
        }
    }

    private struct Generator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }

    @Test func theLongestUnusedIsAskedToLeave() {
        var world = World(limit: 2)
        for name in ["a", "b"] {
            world.receive(name)
            world.make(.open, name)
        }
        world.receive("a")
        world.receive("c")
        #expect(world.asked == ["b"])
    }

    @Test func whoWaitsIsntRefusedWhileAnotherOpens() {
        var world = World(limit: 1)
        world.receive("a")
        world.receive("b")
        #expect(world.refused.isEmpty)
        world.make(.open, "a")
        #expect(world.asked == ["a"])
        world.make(.leave, "a")
        #expect(world.opening == ["b"])
    }

    @Test func allBusyIsToldAtOnceAndAsksNobodyAgain() {
        var world = World(limit: 1)
        world.receive("a")
        world.make(.open, "a")
        world.receive("b")
        world.make(.stay, "a")
        #expect(world.refused["b"]?.count == 1)
        world.receive("b")
        #expect(world.asked.isEmpty)
        #expect(world.refused["b"]?.count == 2)
        world.make(.idle, "a")
        world.receive("b")
        #expect(world.asked == ["a"])
    }

    @Test func atTheEndWhoIsBusyTakesWhatItNeedsAndOthersAreRefused() {
        var table = Table(limit: 2)
        _ = table.received(1, for: TenantID("a"))
        _ = table.opened(TenantID("a"), handle: "a")
        let asked = table.end()
        guard case .closeWhenIdle("a")? = asked.first else {
            Issue.record("It wasn't asked.")
            return
        }
        guard case .hand("a", [2])? = table.received(2, for: TenantID("a")).first else {
            Issue.record("What it needs didn't reach it.")
            return
        }
        guard case .refuse([3], .ending)? = table.received(3, for: TenantID("b")).first else {
            Issue.record("Another was opened.")
            return
        }
        #expect(!table.isOver)
        _ = table.closed(TenantID("a"))
        #expect(table.isOver)
    }

    @Test func whoIsUnusedForAPeriodRestsOnceAndLeavesFirst() {
        var table = Table(limit: 3)
        let (a, b, c) = (TenantID("a"), TenantID("b"), TenantID("c"))
        for tenant in [a, b, c] {
            _ = table.received(nil, for: tenant)
            _ = table.opened(tenant, handle: tenant.text)
        }
        func rested(_ commands: [Table.Command]) -> [String] {
            commands.compactMap { if case .rest(let handle) = $0 { handle } else { nil } }
        }
        #expect(rested(table.periodEnded()).isEmpty)
        #expect(table.use(a) == "a")
        #expect(rested(table.periodEnded()) == ["b", "c"])
        #expect(table.use(c) == "c")
        // a was used in the period before, c in this one, b rests already.
        #expect(rested(table.periodEnded()) == ["a"])
        #expect(rested(table.periodEnded()) == ["c"])
        #expect(rested(table.periodEnded()).isEmpty)
        #expect(table.use(b) == "b")
        let commands = table.received(1, for: TenantID("d"))
        guard case .close("a")? = commands.first, commands.count == 1 else {
            Issue.record("\(commands)")
            return
        }
    }

    /// Beside a model that remembers the moment of each use: order, periods and rest agree with it.
    @Test func seededUsesKeepTheOrderOfUseAcrossPeriods() {
        for seed in UInt64(1)...50 {
            var random = Generator(state: seed)
            var order = UseOrder<Int>()
            var model: [Int: (place: UseOrder<Int>.Place, used: Int, period: Int, rests: Bool)] = [:]
            var period = 0
            for moment in 0..<400 {
                let element = Int(random.next() % 12)
                switch (random.next() % 10, model[element]) {
                case (0, _):
                    let moved = order.endPeriod()
                    let expected = model.filter { !$0.value.rests && $0.value.period < period }
                    #expect(moved.map(\.0) == expected.sorted { $0.value.used < $1.value.used }.map(\.key))
                    for (element, place) in moved {
                        model[element]?.place = place
                        model[element]?.rests = true
                    }
                    period += 1
                case (1, let known?):
                    order.remove(known.place)
                    model[element] = nil
                case (_, let known?):
                    model[element] = (order.touch(known.place) ?? known.place, moment, period, false)
                case (_, nil):
                    model[element] = (order.insert(element), moment, period, false)
                }
                #expect(order.oldest == model.min { $0.value.used < $1.value.used }?.key, "seed \(seed), \(moment)")
                #expect(order.restingCount == model.values.count(where: \.rests))
            }
        }
    }

    @Test func recencyListKeepsOrderThroughTouchesAndRemovals() {
        var list = RecencyList<String>()
        let places = ["a", "b", "c"].map { list.insert($0) }
        list.touch(places[0])
        #expect(list.oldest == "b")
        list.remove(places[1])
        #expect(list.oldest == "c")
        let again = list.insert("d")
        list.remove(places[2])
        #expect(list.oldest == "a")
        list.touch(places[0])
        #expect(list.oldest == "d")
        list.remove(again)
        list.remove(places[0])
        #expect(list.isEmpty)
        #expect(list.count == 0)
    }
}
