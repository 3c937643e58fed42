/// What goes wrong with one request.
package enum SimulatorFault: Hashable, Sendable {
    /// A 500 by what stands in front of Stripe's API: nothing was executed, and no key saved.
    case serverErrorBefore
    /// As before, with `Stripe-Should-Retry: false`.
    case serverErrorFinal
    /// A 500 in place of the effect, saved under the key: a replay says 500 for ever.
    case serverErrorKept
    /// A 500 although it was executed, saved under the key.
    case serverErrorAfter
    /// No answer in time; nothing was executed.
    case timeoutBefore
    /// No answer in time, although it was executed.
    case timeoutAfter
    /// The connection breaks; nothing was executed.
    case resetBefore
    /// The connection breaks, although it was executed.
    case resetAfter
    /// A plain 429.
    case rateLimited
    /// A 429 of an object that another call holds.
    case lockTimeout
    /// A 409 of a key whose first request is still running.
    case keyInUse
    /// The answer comes so much later than its effect.
    case latency(milliseconds: Int)
}

/// A fault that waits for the requests that it is meant for.
package struct ScriptedFault: Hashable, Sendable {
    package var fault: SimulatorFault
    /// The request's path must begin with it, such as `/v1/refunds`.
    package var pathPrefix: String
    /// And end with it, such as `/capture`.
    package var pathSuffix: String
    /// Nil for any method.
    package var isPost: Bool?
    /// How many matching requests pass before it strikes.
    package var skip: Int
    /// How many requests it strikes then.
    package var count: Int

    package init(
        _ fault: SimulatorFault, pathPrefix: String = "/v1/", pathSuffix: String = "", isPost: Bool? = true,
        skip: Int = 0, count: Int = 1
    ) {
        self.fault = fault
        self.pathPrefix = pathPrefix
        self.pathSuffix = pathSuffix
        self.isPost = isPost
        self.skip = skip
        self.count = count
    }
}

/// Which requests meet which faults: scripted ones first, then chance.
package struct FaultPlan: Hashable, Sendable {
    /// A fault and how many of 1,000 requests meet it.
    package struct Rate: Hashable, Sendable {
        package var fault: SimulatorFault
        package var perMille: Int

        package init(_ fault: SimulatorFault, perMille: Int) {
            self.fault = fault
            self.perMille = perMille
        }
    }

    package var scripted: [ScriptedFault]
    package var rates: [Rate]
    /// Added to every answer.
    package var latencyMilliseconds: Int
    /// Lists don't show yet what was made so recently.
    package var listLagMilliseconds: Int64

    package init(
        scripted: [ScriptedFault] = [], rates: [Rate] = [], latencyMilliseconds: Int = 0, listLagMilliseconds: Int64 = 0
    ) {
        self.scripted = scripted
        self.rates = rates
        self.latencyMilliseconds = latencyMilliseconds
        self.listLagMilliseconds = listLagMilliseconds
    }

    mutating func next(path: String, isPost: Bool, random: inout SeededRandom) -> SimulatorFault? {
        for index in scripted.indices {
            let candidate = scripted[index]
            guard candidate.count > 0, path.hasPrefix(candidate.pathPrefix), path.hasSuffix(candidate.pathSuffix),
                candidate.isPost ?? isPost == isPost
            else { continue }
            guard candidate.skip == 0 else {
                scripted[index].skip -= 1
                continue
            }
            scripted[index].count -= 1
            if scripted[index].count == 0 { scripted.remove(at: index) }
            return candidate.fault
        }
        guard !rates.isEmpty else { return nil }
        var roll = Int(random.next() % 1_000)
        for rate in rates {
            if roll < rate.perMille { return rate.fault }
            roll -= rate.perMille
        }
        return nil
    }
}
