/// How calls follow each other.
enum LoadMode: Hashable, Sendable {
    /// So many callers, of whom each waits for its answer before it calls again.
    case closed(inFlight: Int)
    /// So many calls a second, whatever becomes of those before.
    case open(ArrivalSchedule.Arrivals, rate: Double)
    /// An open loop at one rate after the other, up to a multiple of what the server bears.
    case ramp(ArrivalSchedule.Arrivals)
    /// An open loop at a rate that is found out first.
    case paced(ArrivalSchedule.Arrivals)

    /// For people: `64 in flight`, `5000/s poisson`.
    var description: String {
        switch self {
        case .closed(let inFlight): "\(inFlight) in flight"
        case .open(let arrivals, let rate): "\(Int(rate.rounded()))/s \(arrivals.rawValue)"
        case .ramp: "ramp"
        case .paced(let arrivals): arrivals.rawValue
        }
    }

    /// Whether calls are sent whatever becomes of those before.
    var isOpen: Bool { if case .closed = self { false } else { true } }

    /// Callers at once of a closed loop; an open one has none that wait.
    var width: Int { if case .closed(let inFlight) = self { inFlight } else { 1 } }

    /// The gaps of an open loop's calls.
    var arrivals: ArrivalSchedule.Arrivals {
        switch self {
        case .closed: .poisson
        case .open(let arrivals, _), .ramp(let arrivals), .paced(let arrivals): arrivals
        }
    }

    func describe(in shape: inout Shape) {
        switch self {
        case .closed(let inFlight):
            shape["mode"] = "closed"
            shape["inFlight"] = .init(inFlight)
        case .open(let arrivals, let rate):
            shape["mode"] = .text(arrivals.rawValue)
            shape["rate"] = .number(rate)
        case .ramp: shape["mode"] = "ramp"
        case .paced(let arrivals): shape["mode"] = .text(arrivals.rawValue)
        }
    }
}
