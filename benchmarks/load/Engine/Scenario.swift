import RemitRPC

/// Calls that are made again and again; how they are issued is a loop's business.
protocol Scenario: Sendable {
    /// The call of this number, which differs in every call of a run, for one of the tenants.
    func call(_ number: Int, tenant: Int) -> LoadCall
    /// Holds an answer, whose bytes are lent for the time of the call, against what was asked for: every field is read.
    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError)
}
