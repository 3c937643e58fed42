import NIOCore
import NIOEmbedded
import NIOSSL
import RemitServer
import Testing

@testable import RemitHTTP

/// The deadlines of one HTTP connection, on a clock of the test's own.
@Suite struct RequestDeadlineTests {
    private let limits = HTTPLimits()

    /// Both ends of a connection over TLS, after the handshake; what they send waits to be moved.
    private struct Ends {
        let server = EmbeddedChannel()
        let client = EmbeddedChannel()

        init(_ limits: HTTPLimits) throws {
            let made = try DevelopmentAuthority.issue()
            let key = try NIOSSLPrivateKey(bytes: Array(made.serverKey.utf8), format: .pem)
            let certificate = try NIOSSLCertificate(bytes: Array(made.server.utf8), format: .pem)
            let authority = try NIOSSLCertificate(bytes: Array(made.authority.utf8), format: .pem)
            let serverTLS = TLSConfiguration.makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
            var clientTLS = TLSConfiguration.makeClientConfiguration()
            clientTLS.trustRoots = .certificates([authority])
            try server.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: NIOSSLContext(configuration: serverTLS)))
            try server.pipeline.syncOperations.addHandler(RequestDeadline(limits))
            try client.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: NIOSSLContext(configuration: clientTLS), serverHostname: "localhost"))
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
            server.connect(to: address, promise: nil)
            client.connect(to: address, promise: nil)
            try move()
        }

        /// Moves what either sent to the other until both are silent.
        func move() throws {
            var isSilent = false
            while !isSilent {
                isSilent = true
                while let bytes = try client.readOutbound(as: ByteBuffer.self) {
                    try server.writeInbound(bytes)
                    isSilent = false
                }
                while let bytes = try server.readOutbound(as: ByteBuffer.self) {
                    try client.writeInbound(bytes)
                    isSilent = false
                }
            }
        }

        /// Closes what is still open, past TLS, which would wait: open channels and their handlers hold one another.
        func end() throws {
            if server.isActive {
                try server.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
            }
            if client.isActive {
                try client.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self).close(promise: nil)
            }
            // Who heard no farewell says so here.
            _ = try? server.finish(acceptAlreadyClosed: true)
            _ = try? client.finish(acceptAlreadyClosed: true)
        }
    }

    @Test func `a connection is cut when its peer doesn't answer TLS's farewell`() throws {
        let ends = try Ends(limits)
        ends.server.close(promise: nil)
        ends.server.embeddedEventLoop.advanceTime(by: limits.farewell - .milliseconds(1))
        #expect(ends.server.isActive, "TLS waits for its peer.")
        ends.server.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!ends.server.isActive && limits.farewell == .seconds(1))
        try ends.end()
    }

    @Test func `a connection whose peer answers the farewell is closed at once`() throws {
        let ends = try Ends(limits)
        ends.server.close(promise: nil)
        try ends.move()
        #expect(!ends.server.isActive)
        try ends.end()
    }

    @Test func `a request has 15 s, and the next one 15 s more than an idle connection lives`() throws {
        let channel = EmbeddedChannel(handler: RequestDeadline(limits))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.embeddedEventLoop.advanceTime(by: .seconds(14))
        try channel.writeInbound(ByteBuffer(string: "the first part"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(14))
        #expect(channel.isActive)
        try channel.writeOutbound(ByteBuffer(string: "the answer"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }
}
