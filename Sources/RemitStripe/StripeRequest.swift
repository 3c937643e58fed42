package import RemitDomain

/// A call of Stripe's API without any secret: what is stored before it is sent, and sent again byte for byte.
package struct StripeRequest: Hashable, Sendable {
    package var method: StripeMethod
    /// Such as `/v1/payment_intents`.
    package var path: String
    /// The encoded form.
    package var body: String
    package var version: String
    /// When it was prepared, by our clock: where a look-up's window begins.
    ///
    /// Not sent.
    package var preparedAt: Timestamp
    /// The intent's stage and latest charge before the call, by which a look-up tells new from old.
    ///
    /// Not sent.
    package var prior: String

    package init(
        method: StripeMethod, path: String, form: Form, version: String = StripeVersion.pinned, preparedAt: Timestamp,
        prior: String = ""
    ) {
        self.method = method
        self.path = path
        self.body = form.encoded
        self.version = version
        self.preparedAt = preparedAt
        self.prior = prior
    }

    /// Five lines (method, path, version, milliseconds, prior state), then the body.
    package var stored: [UInt8] {
        Array("\(method.rawValue)\n\(path)\n\(version)\n\(preparedAt.milliseconds)\n\(prior)\n\(body)".utf8)
    }

    /// Reads what ``stored`` wrote; nil for anything else.
    package init?(stored: [UInt8]) {
        let parts = stored.split(separator: UInt8(ascii: "\n"), maxSplits: 5, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 6, let method = StripeMethod(rawValue: parts[0]), let time = Int64(parts[3]) else {
            return nil
        }
        self.method = method
        path = parts[1]
        version = parts[2]
        preparedAt = Timestamp(milliseconds: time)
        prior = parts[4]
        body = parts[5]
    }

    /// What ``prior`` is compared by.
    static func state(stage: PaymentStage, charge: String?) -> String { "\(stage.rawValue)/\(charge ?? "")" }

    /// The path's parts after `/v1/`.
    package var components: [Substring] { path.dropFirst("/v1/".count).split(separator: "/") }

    /// A field of the body; nested ones by path.
    package func field(_ path: String...) -> String? {
        guard var node = try? FormNode(decoding: body.utf8) else { return nil }
        for name in path {
            guard let next = node.members?[name] else { return nil }
            node = next
        }
        return node.text
    }
}
