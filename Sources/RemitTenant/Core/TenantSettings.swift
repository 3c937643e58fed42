package import RemitDomain

/// The tenant core's limits and policies; each default says why.
package struct TenantSettings: Sendable {
    /// The tenant's currency for requests that name none and have no customer with one.
    package var defaultCurrency: Currency?
    /// Operations in phases 1 to 3.
    ///
    /// More are refused: RESOURCE_EXHAUSTED, not processed. One tenant's share of the processor's calls in flight.
    package var runningMax = 256
    /// Callers who wait for a lock or for another's result.
    ///
    /// More are refused: RESOURCE_EXHAUSTED, not processed.
    package var waitingMax = 4_096
    /// How long a verb waits for a payment's lock.
    ///
    /// Longer than any answer that comes in time, shorter than callers' patience.
    package var lockWaitMilliseconds: Int64 = 10_000
    /// What is written in one transaction at most, so that nobody's reply waits long for others' work.
    package var membersPerTurnMax = 128
    /// What is in one transaction at most that leaves its sync to the journal of all tenants.
    ///
    /// More share a sync of their own already, and would be written twice.
    package var sharedSyncMembersMax = 4
    /// How long one transaction grows at most.
    package var turnMilliseconds: Int64 = 2
    /// Called at each named point; ends the process where a test asked for it.
    ///
    /// Set in development only.
    package var reached: @Sendable (CrashPoint) -> Void = { _ in }

    package init() {}
}

/// Where a test may end the process.
package enum CrashPoint: String, Sendable, CaseIterable {
    case beforePhase1Commit = "before-phase1-commit"
    case afterPhase1Commit = "after-phase1-commit"
    case afterProcessorEffect = "after-processor-effect"
    case beforePhase3Commit = "before-phase3-commit"
    case afterPhase3Commit = "after-phase3-commit"
}
