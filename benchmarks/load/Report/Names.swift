/// What scenarios, sides and loads are called in a report.
enum Names {
    /// A side's name for people.
    static func side(_ side: String) -> String {
        switch side {
        case BenchmarkResult.ownSide: "Remit"
        case "remit-unpinned": "Remit, on all cores"
        case "floor": "C floor"
        case "grpc-echo": "grpc-swift-2"
        case "grpc": "grpc-swift-2 + GRDB"
        case "grpc-pragmas": "grpc-swift-2 + GRDB, Remit's pragmas"
        case "grpc-group": "grpc-swift-2 + GRDB, those and group commit"
        case "postgres": "PostgreSQL"
        case "postgres-pipelined": "PostgreSQL, pipelined without looking"
        case "postgres-unpinned": "PostgreSQL, on all cores"
        case "postgres-pipelined-unpinned": "PostgreSQL, pipelined without looking, on all cores"
        case "cpp": "C++ libprotobuf"
        case "cpp-again": "C++ libprotobuf, into the same message"
        // What studies hold a figure against.
        case "quiet": "the same without it"
        case "peak": "its peak"
        case "refused": "all that were refused"
        case "python": "PyPI protobuf (upb)"
        case "view": "Remit, views"
        case "swift-protobuf": "swift-protobuf"
        default: side
        }
    }

    /// What one call of a scenario is; nil where it isn't known.
    static func about(_ scenario: String) -> String? {
        switch scenario {
        case "echo": "214 bytes there and back, through every interceptor."
        case "get": "A payment by its id; the client reads every field of the answer."
        case "find": "Payments by what they carry; the client reads every field of the answer."
        case "create": "A payment with an order id, a customer, an idempotency key and three metadata entries, durable."
        case "process": "A payment that is charged at the simulated Stripe."
        case "refund": "A refund of a payment at the simulated Stripe."
        case "mix": "Four reads to one durable payment."
        case "replays": "Payments of which one in a hundred is sent again with its idempotency key."
        case "subscribe": "From a durable payment to its event at every subscriber."
        case "cold": "Calls to tenants that aren't open."
        case "visit": "Each tenant once, after the server's start: what opening one costs."
        case "churn": "Connections that are opened, used and closed."
        case "cancel": "Calls that are cancelled on their way."
        case "overload": "More calls than the server bears: goodput must stay, refusals must say that nothing happened."
        case "noisy": "One tenant of twenty at ten times its share: what becomes of the others' p99."
        case "sweep": "The highest rate at which p99 stays below its target."
        case "codec": "Reading and writing messages alone; what is read is read in every field."
        case "footprint": "What the server takes while nothing is asked of it."
        default: nil
        }
    }

    /// What a ratio's figure is held against.
    static func other(of ratio: BenchmarkRatio) -> String {
        ratio.of == ratio.to ? "itself" : side(ratio.to)
    }

    /// A load in one line: “64 in flight, 4 connections, 100 tenants, zipf”.
    static func shape(_ shape: Shape) -> String {
        shape.names.compactMap { name in shape[name].flatMap { part(name, $0, of: shape) } }.joined(separator: ", ")
    }

    private static func part(_ name: String, _ value: Shape.Value, of shape: Shape) -> String? {
        let text =
            switch value {
            case .text(let text): text
            case .number(let number): NumberText.value(number, unit: "1")
            }
        let isOne = value == .number(1)
        return switch name {
        case "mode": text == "closed" && shape["inFlight"] != nil ? nil : text
        case "inFlight": "\(text) in flight"
        case "rate": "\(text)/s"
        case "connections": "\(text) \(isOne ? "connection" : "connections")"
        case "tenants": "\(text) \(isOne ? "tenant" : "tenants")"
        case "spread": text == "single" ? nil : text
        case "payments": "\(text) payments"
        case "subscribers": "\(text) \(isOne ? "subscriber" : "subscribers")"
        case "message": text
        case "calls": "calls: \(text)"
        case "openTenants": "\(text) opened"
        case "idleConnections": "\(text) idle connections"
        default: "\(name) \(text)"
        }
    }
}
