package import RemitDomain
package import RemitStripe

/// Stripe as a value: accounts with their objects, driven by requests, by acts made elsewhere, and by time.
///
/// Pure: its clock is what ``passTime(to:)`` says, its chance comes from the seed. Two simulators that are driven alike
/// hold equal books.
package struct Simulator: Sendable {
    /// What goes wrong, now and later.
    package var faults: FaultPlan
    /// Whether events are queued for ``takeDeliveries()``; without a driver that takes them they would pile up.
    package var queuesDeliveries = true

    /// How accounts' ids end, live ones and test ones: what stands before is random, and may end like either.
    private static let liveEnding = "L"
    private static let testEnding = "T"

    private let seed: UInt64
    private var random: SeededRandom
    private var nowMilliseconds: Int64
    private var accounts: [String: AccountBooks] = [:]
    private var revokedKeys: Set<String> = []
    /// Requests whose answers are still on their way, by account and key.
    private var running: Set<[String]> = []

    package init(seed: UInt64, now: Timestamp, faults: FaultPlan = FaultPlan()) {
        self.seed = seed
        self.faults = faults
        random = SeededRandom(seed: seed)
        nowMilliseconds = now.milliseconds
    }

    /// The virtual time.
    package var now: Timestamp { Timestamp(milliseconds: nowMilliseconds) }

    /// Moves the clock, never back, and does what has become due: authorizations lapse, refunds settle.
    package mutating func passTime(to time: Timestamp) {
        guard time.milliseconds > nowMilliseconds else { return }
        nowMilliseconds = time.milliseconds
        for id in accounts.keys.sorted() {
            accounts[id]?.now = nowMilliseconds
            accounts[id]?.letTimePass()
        }
    }

    /// One request and what comes of it; with an answer that comes late, `finish` must be told when it came.
    package struct Exchange: Sendable {
        package var result: StripeHTTPResult
        package var delayMilliseconds: Int
        fileprivate var runningKey: [String]?
    }

    /// Carries out one request, or as much of it as its fault lets happen.
    package mutating func exchange(_ request: StripeHTTPRequest) -> Exchange {
        let isPost = request.method == .post
        let path = String(request.target.split(separator: "?").first ?? "")
        guard let id = accountID(of: request.secretKey.revealed) else {
            return Exchange(result: .response(plain(.unauthorized, request)), delayMilliseconds: 0)
        }
        let fault = faults.next(path: path, isPost: isPost, random: &random)
        let runningKey = isPost ? request.idempotencyKey.map { [id, $0] } : nil
        if let runningKey, running.contains(runningKey) {
            return Exchange(result: .response(plain(.keyInUse, request, shouldRetry: true)), delayMilliseconds: 0)
        }
        var delay = faults.latencyMilliseconds
        if case .latency(let milliseconds)? = fault { delay += milliseconds }
        let result = result(of: request, account: id, fault)
        if delay > 0, let runningKey { running.insert(runningKey) }
        return Exchange(result: result, delayMilliseconds: delay, runningKey: delay > 0 ? runningKey : nil)
    }

    /// The answer has left: its key is no longer in use.
    package mutating func finish(_ exchange: Exchange) {
        if let key = exchange.runningKey { running.remove(key) }
    }

    private mutating func result(
        of request: StripeHTTPRequest, account id: String, _ fault: SimulatorFault?
    ) -> StripeHTTPResult {
        switch fault {
        case .serverErrorBefore: return .response(plain(.serverError, request))
        case .serverErrorFinal: return .response(plain(.serverError, request, shouldRetry: false))
        case .rateLimited: return .response(plain(.rateLimited, request))
        case .lockTimeout: return .response(plain(.lockTimeout, request, shouldRetry: true))
        case .keyInUse: return .response(plain(.keyInUse, request, shouldRetry: true))
        case .timeoutBefore: return .failed(.timedOut)
        case .resetBefore: return .failed(.connectionLost)
        case .serverErrorKept:
            return .response(withAccount(id) { $0.answer(request, fails: .beforeEffect) })
        case .serverErrorAfter:
            return .response(withAccount(id) { $0.answer(request, fails: .afterEffect) })
        case .timeoutAfter:
            _ = withAccount(id) { $0.answer(request) }
            return .failed(.timedOut)
        case .resetAfter:
            _ = withAccount(id) { $0.answer(request) }
            return .failed(.connectionLost)
        case nil, .latency:
            return .response(withAccount(id) { $0.answer(request) })
        }
    }

    /// The events since the last call, oldest first within an account; the caller delivers, or doesn't.
    package mutating func takeDeliveries() -> [EventDelivery] {
        var taken: [EventDelivery] = []
        for id in accounts.keys.sorted() {
            taken += accounts[id]?.undelivered ?? []
            accounts[id]?.undelivered = []
        }
        return taken
    }

    /// Does what someone does at Stripe without going through Remit.
    ///
    /// - Throws: What Stripe would answer, when the object's state forbids it.
    @discardableResult
    package mutating func perform(_ act: ForeignAct, account id: String) throws(StripeFailure) -> JSONValue {
        open(id)
        defer { dropDeliveriesUnlessQueued(id) }
        return try act.perform(on: &accounts[id, default: Self.unopened])
    }

    /// Requests with this key are answered 401 from now on.
    package mutating func revoke(key: StripeSecret) {
        revokedKeys.insert(key.revealed)
    }

    /// The account of a key; nil for what isn't a key, or no longer one.
    package func accountID(of key: String) -> String? {
        let isKey = ["sk_test_", "rk_test_", "sk_live_", "rk_live_"].contains { key.hasPrefix($0) && key != $0 }
        guard isKey, !revokedKeys.contains(key) else { return nil }
        return Self.ownAccountID(ofKey: key)
    }

    /// The account that a key names by itself: the same in every run.
    package static func ownAccountID(ofKey key: String) -> String {
        SeededRandom(seed: hash(key)).identifierOfAccount + (key.contains("_live_") ? liveEnding : testEnding)
    }

    /// What all accounts hold, or one.
    package func summary(account: String? = nil) -> BooksSummary {
        var summary = BooksSummary()
        for (id, books) in accounts.sorted(by: { $0.key < $1.key }) where account == nil || account == id {
            summary.add(books)
        }
        return summary
    }

    private mutating func open(_ id: String) {
        guard accounts[id] == nil else { return }
        accounts[id] = AccountBooks(
            id: id, livemode: id.hasSuffix(Self.liveEnding), now: nowMilliseconds, seed: seed ^ Self.hash(id))
    }

    /// Never read: accounts are opened before they are used in place, for a copy of the books would be costly.
    private static var unopened: AccountBooks { preconditionFailure("An account is used that was never opened.") }

    private mutating func withAccount<Result>(_ id: String, _ body: (inout AccountBooks) -> Result) -> Result {
        open(id)
        defer { dropDeliveriesUnlessQueued(id) }
        accounts[id]?.listLagMilliseconds = faults.listLagMilliseconds
        return body(&accounts[id, default: Self.unopened])
    }

    private mutating func dropDeliveriesUnlessQueued(_ id: String) {
        if !queuesDeliveries { accounts[id]?.undelivered = [] }
    }

    /// An answer that no account gives; by its header `Stripe-Should-Retry` it may say whether to try again.
    private mutating func plain(
        _ failure: StripeFailure, _ request: StripeHTTPRequest, shouldRetry: Bool? = nil
    ) -> StripeHTTPResponse {
        var headers = SimulatorHeaders.all(request, random.identifier("req"), now: nowMilliseconds)
        if let shouldRetry { headers.append(("Stripe-Should-Retry", shouldRetry ? "true" : "false")) }
        return StripeHTTPResponse(status: failure.status, headers: headers, body: failure.json.serialized())
    }

    /// FNV-1a: the same in every run, unlike Swift's own hashes.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension SeededRandom {
    fileprivate var identifierOfAccount: String {
        var copy = self
        return copy.identifier("acct")
    }
}
