/// How calls follow each other.
enum LoadMode: Hashable, Sendable {
    /// So many callers, of whom each waits for its answer before it calls again.
    case closed(inFlight: Int)
    /// So many calls a second, whatever becomes of those before.
    case open(ArrivalSchedule.Arrivals, rate: Double)

    /// For people: `64 in flight`, `5000/s poisson`.
    var description: String {
        switch self {
        case .closed(let inFlight): "\(inFlight) in flight"
        case .open(let arrivals, let rate): "\(Int(rate.rounded()))/s \(arrivals.rawValue)"
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
        }
    }
}
