/// What is measured under one name: always in the same unit, and better in the same direction.
struct FigureKind: Hashable, Sendable {
    /// Its name in JSON.
    let name: String
    /// Its name for people.
    let title: String
    let unit: String
    let better: Better

    init(_ name: String, _ title: String, unit: String, better: Better) {
        self.name = name
        self.title = title
        self.unit = unit
        self.better = better
    }

    static let requestsPerSecond = FigureKind("requestsPerSecond", "requests/s", unit: "1/s", better: .higher)
    static let goodput = FigureKind("goodput", "goodput", unit: "1/s", better: .higher)
    static let serverCPU = FigureKind("serverCPU", "server CPU per request", unit: "µs", better: .lower)
    static let loadCPU = FigureKind("loadCPU", "load CPU per request", unit: "µs", better: .lower)
    /// All cores' busy time but the generator's: work of the kernel's own threads, such as for syncs, counts here alone.
    static let machineCPU = FigureKind("machineCPU", "machine CPU per request", unit: "µs", better: .lower)
    /// How full the core of the server was, and that of the generator.
    static let serverCore = FigureKind("serverCore", "server's core", unit: "%", better: .lower)
    static let loadCore = FigureKind("loadCore", "load's core", unit: "%", better: .lower)
    static let p50 = FigureKind("p50", "p50", unit: "µs", better: .lower)
    static let p90 = FigureKind("p90", "p90", unit: "µs", better: .lower)
    static let p99 = FigureKind("p99", "p99", unit: "µs", better: .lower)
    static let p999 = FigureKind("p999", "p99.9", unit: "µs", better: .lower)
    static let max = FigureKind("max", "max", unit: "µs", better: .lower)
    /// Calls that ended in an error, refusals not counted.
    static let failed = FigureKind("failed", "failed", unit: "1", better: .lower)
    /// Calls that the server refused because it had too much to do.
    static let refused = FigureKind("refused", "refused", unit: "1", better: .lower)
    /// Those of the refused of which the server said that nothing happened.
    static let notProcessed = FigureKind("notProcessed", "said not_processed", unit: "1", better: .higher)
    /// Calls that the generator sent after their time.
    static let late = FigureKind("late", "sent late", unit: "1", better: .lower)
    /// Calls that the generator never sent, because too many were in flight.
    static let dropped = FigureKind("dropped", "not sent", unit: "1", better: .lower)
    /// The slowest tenant against the median tenant.
    static let fairness = FigureKind("fairness", "slowest to median tenant", unit: "×", better: .lower)
    static let stripeReads = FigureKind("stripeReads", "GETs at Stripe per call", unit: "1", better: .lower)
    static let encode = FigureKind("encode", "encode", unit: "ns", better: .lower)
    static let decode = FigureKind("decode", "decode", unit: "ns", better: .lower)
    static let memoryPerTenant = FigureKind("memoryPerTenant", "per open tenant", unit: "KiB", better: .lower)
    static let memoryPerConnection = FigureKind(
        "memoryPerConnection", "per idle connection", unit: "KiB", better: .lower)
    static let memoryAtStart = FigureKind("memoryAtStart", "memory after start", unit: "MiB", better: .lower)
    static let startTime = FigureKind("startTime", "start-up", unit: "ms", better: .lower)
    static let binarySize = FigureKind("binarySize", "binary, stripped", unit: "MiB", better: .lower)

    /// All of the above, in the order in which a table shows them.
    static let all: [FigureKind] = [
        requestsPerSecond, goodput, peak, offered, rateFound, writes, encode, decode, serverCPU, machineCPU, loadCPU,
        p50, p90, p99, p999, max,
        serverCore,
        loadCore, quietP99, noisyP99, failed, refused, notProcessed, late, dropped, cancelled, callsLeft,
        descriptorsLeft, replays, fairness, stripeReads, memoryPerTenant,
        memoryPerConnection, memoryAtStart, startTime, binarySize,
    ]

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    private static let positions = Dictionary(
        all.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// How people call a figure: a known title, else the name itself.
    static func title(of name: String) -> String { byName[name]?.title ?? name }

    /// The names in the order of a table: the known ones first, the rest by name.
    static func sorted(_ names: some Sequence<String>) -> [String] {
        names.sorted { (positions[$0] ?? all.count, $0) < (positions[$1] ?? all.count, $1) }
    }
}
