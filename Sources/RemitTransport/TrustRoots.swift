package import NIOCore
import NIOPosix
import NIOSSL

/// Whose certificates a client trusts.
package enum TrustRoots: Sendable {
    /// The system's authorities.
    case system
    /// The authorities in this PEM file.
    case file(String)
    /// The authorities in these PEM bytes.
    case pem([UInt8])
}

extension ClientConnection.Configuration {
    /// A configuration that trusts `roots`; throws when they can't be read.
    package init(host: String, port: Int, authority: String? = nil, roots: TrustRoots, apiKey: String) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        switch roots {
        case .system: break
        case .file(let path): tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
        case .pem(let bytes): tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(bytes))
        }
        self.init(host: host, port: port, authority: authority, tls: tls, apiKey: apiKey)
    }
}

extension ClientConnection {
    /// One of the event loops that all clients of the process share.
    package static func anyEventLoop() -> any EventLoop { ClientEventLoops.group.next() }
}
