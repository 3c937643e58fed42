import RemitDomain

/// The operations whose callers wait: between phase 1 and phase 3, or joined to one of an unknown outcome.
struct Flights {
    struct Flight {
        var callers: [Caller]
        /// The entity's version as phase 1 left it; nil for one that was joined after a restart.
        var version: Int64?

        /// Those who share the answer of the one whose call it is.
        var joined: Int { version == nil ? callers.count : max(0, callers.count - 1) }
    }

    private var flights: [OperationID: Flight] = [:]
    /// Operations that wait for a GET or a look-up, and what they are refused with if it doesn't show their effect.
    private var awaited: [OperationID: PaymentError?] = [:]
    /// Callers who share another's answer.
    private(set) var joinedCount = 0

    /// Operations between phase 1 and phase 3; one of an unknown outcome no longer counts, whoever waits for it.
    private(set) var runningCount = 0

    var isEmpty: Bool { flights.isEmpty }

    func version(of operation: OperationID) -> Int64? { flights[operation]?.version }

    /// Whether it waits for a GET, and what for.
    var awaitedOperations: [OperationID: PaymentError?] { awaited }

    mutating func start(_ operation: OperationID, version: Int64, _ caller: Caller) {
        flights[operation] = Flight(callers: [caller], version: version)
        runningCount += 1
    }

    mutating func join(_ operation: OperationID, _ caller: Caller) {
        var flight = flights[operation] ?? Flight(callers: [], version: nil)
        joinedCount -= flight.joined
        flight.callers.append(caller)
        joinedCount += flight.joined
        flights[operation] = flight
    }

    mutating func awaits(_ operation: OperationID, otherwise: PaymentError?) {
        awaited[operation] = .some(otherwise)
    }

    /// Ends a flight; returns who waited.
    mutating func land(_ operation: OperationID) -> [Caller] {
        awaited[operation] = nil
        guard let flight = flights.removeValue(forKey: operation) else { return [] }
        joinedCount -= flight.joined
        if flight.version != nil { runningCount -= 1 }
        return flight.callers
    }

    /// Forgets callers whose deadline has passed or who have gone: an unknown outcome may outlast hours of them.
    mutating func forgetGone() {
        joinedCount = 0
        for (operation, flight) in flights {
            var rest = flight
            rest.callers.removeAll { !$0.isOpen }
            joinedCount += rest.joined
            flights[operation] = rest.callers.isEmpty && rest.version == nil ? nil : rest
        }
    }

    /// Ends every flight; returns who waited.
    mutating func landAll() -> [Caller] {
        let callers = flights.values.flatMap(\.callers)
        self = Flights()
        return callers
    }
}
