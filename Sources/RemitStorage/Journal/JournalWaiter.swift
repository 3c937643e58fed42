/// Who waits for a commit to be durable.
package protocol JournalWaiter: AnyObject, Sendable {
    /// Said once, on the thread that made the round, outside of the journal's lock.
    ///
    /// False: the journal doesn't have it. The tenant's own log is to be synced instead, or the tenant to be closed.
    func settled(_ isDurable: Bool)
}
