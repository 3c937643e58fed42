/// Where something listens.
struct HostAndPort: Hashable, Sendable {
    var host: String
    var port: Int

    /// Reads `host:port`, `[ipv6]:port` or `:port` (this machine).
    init(_ text: String) throws(LoadFailure) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { throw LoadFailure("“\(text)” is no address. Write host:port, such as 127.0.0.1:7443.") }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host.isEmpty ? "127.0.0.1" : host
        self.port = port
    }
}
