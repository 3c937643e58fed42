import Glibc

/// GETs over a socket of their own, without TLS: the operations listener has none.
enum PlainHTTP {
    /// The answer's body.
    static func get(_ path: String, from server: HostAndPort) throws(LoadFailure) -> String {
        let failure = LoadFailure("The operations listener at \(server.host):\(server.port) doesn't answer.")
        let socket = try connect(to: server, failure)
        defer { close(socket) }
        let request = Array(
            "GET \(path) HTTP/1.1\r\nHost: \(server.host):\(server.port)\r\nConnection: close\r\n\r\n".utf8)
        guard send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { throw failure }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count >= 0 else { throw failure }
            guard count > 0 else { break }
            answer += chunk[..<count]
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200"), let head = text.firstRange(of: "\r\n\r\n") else { throw failure }
        return String(text[head.upperBound...])
    }

    private static func connect(to server: HostAndPort, _ failure: LoadFailure) throws(LoadFailure) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server.host, "\(server.port)", &hints, &found) == 0 else { throw failure }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next?.pointee {
            let socket = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            if socket >= 0 {
                if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return socket }
                close(socket)
            }
            next = address.ai_next
        }
        throw failure
    }
}
