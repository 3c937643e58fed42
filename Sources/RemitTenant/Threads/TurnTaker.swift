/// What a storage pool runs: a tenant, for one turn.
package protocol TurnTaker: AnyObject, Sendable {
    /// Runs on one of the pool's threads.
    ///
    /// The taker sees to it that it isn't queued twice: then its turns never overlap, whichever threads run them, and
    /// each sees what the one before it has written.
    func takeTurn()

    /// Its timer's moment has come.
    ///
    /// Runs on the timers' thread, perhaps during a turn: it asks for a turn, and does nothing else.
    func timerFired()
}
