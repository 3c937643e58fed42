import RemitDomain

/// The operations whose callers wait: between phase 1 and phase 3, or joined to one of an unknown outcome.
struct Flights<Caller: TenantCaller> {
    struct Flight {
        var callers: [Caller]
        /// The entity's version as phase 1 left it; nil for one that was joined after a restart.
        var version: Int64?
    }

    private var flights: [OperationID: Flight] = [:]
    /// Operations that wait for a GET or a look-up, and what they are refused with if it doesn't show their effect.
    private var awaited: [OperationID: PaymentError?] = [:]
    /// Callers who share another's answer.
    private(set) var joinedCount = 0

    var count: Int { flights.count }
    var isEmpty: Bool { flights.isEmpty }

    func version(of operation: OperationID) -> Int64? { flights[operation]?.version }

    /// Whether it waits for a GET, and what for.
    var awaitedOperations: [OperationID: PaymentError?] { awaited }

    mutating func start(_ operation: OperationID, version: Int64, _ caller: Caller) {
        flights[operation] = Flight(callers: [caller], version: version)
    }

    mutating func join(_ operation: OperationID, _ caller: Caller) {
        flights[operation, default: Flight(callers: [], version: nil)].callers.append(caller)
        joinedCount += 1
    }

    mutating func awaits(_ operation: OperationID, otherwise: PaymentError?) {
        awaited[operation] = .some(otherwise)
    }

    /// Ends a flight; returns who waited.
    mutating func land(_ operation: OperationID) -> [Caller] {
        awaited[operation] = nil
        guard let flight = flights.removeValue(forKey: operation) else { return [] }
        joinedCount -= flight.version == nil ? flight.callers.count : flight.callers.count - 1
        return flight.callers
    }

    /// Ends every flight; returns who waited.
    mutating func landAll() -> [Caller] {
        let callers = flights.values.flatMap(\.callers)
        self = Flights()
        return callers
    }
}
