/// Where Stripe's API is: Stripe itself over TLS, or a simulator on this machine.
package struct StripeEndpoint: Hashable, Sendable {
    /// Without a slash at the end.
    package let url: String

    /// Stripe itself.
    package static let live = StripeEndpoint(url: "https://api.stripe.com")

    /// Why a URL isn't accepted: keys would go to strangers, or in clear over a network.
    package struct Refused: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String {
            "Stripe's base URL must be https://api.stripe.com, or plain http to a loopback address."
        }
    }

    private init(url: String) {
        self.url = url
    }

    /// Accepts `https://api.stripe.com`, and `http://` with a loopback host and a port; nothing else.
    package init(_ text: String) throws(Refused) {
        let url = text.hasSuffix("/") ? String(text.dropLast()) : text
        if url == Self.live.url {
            self = .live
            return
        }
        guard url.hasPrefix("http://") else { throw Refused() }
        let authority = url.dropFirst("http://".count)
        let hosts = ["127.0.0.1", "localhost", "[::1]"]
        guard let host = hosts.first(where: { authority.hasPrefix($0 + ":") }) else { throw Refused() }
        guard let port = UInt16(authority.dropFirst(host.count + 1)), port > 0 else { throw Refused() }
        self.init(url: url)
    }
}
