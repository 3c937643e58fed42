import Foundation
import NIOSSL
import RemitServer
import Testing

@Suite struct DevelopmentAuthorityTests {
    @Test func `files are for their owner only and are kept while they are valid`() throws {
        let folder = try TemporaryFolder()
        let files = try DevelopmentAuthority.ensure(in: folder.path)
        for name in ["ca.pem", "ca.key.pem", "server.pem", "server.key.pem"] {
            #expect(try folder.mode(of: name) == 0o600)
        }
        let before = try PrivateFile.text(of: files.server)
        _ = try DevelopmentAuthority.ensure(in: folder.path)
        #expect(try PrivateFile.text(of: files.server) == before)
    }

    @Test func `certificates that end soon are made anew`() throws {
        let folder = try TemporaryFolder()
        let files = try DevelopmentAuthority.ensure(in: folder.path)
        let before = try PrivateFile.text(of: files.server)
        _ = try DevelopmentAuthority.ensure(in: folder.path, now: Date().addingTimeInterval(340 * 86_400))
        #expect(try PrivateFile.text(of: files.server) != before)
    }

    @Test func `the server certificate is signed by the authority and names this machine`() throws {
        let made = try DevelopmentAuthority.issue()
        let server = try NIOSSLCertificate(bytes: Array(made.server.utf8), format: .pem)
        #expect(try NIOSSLPrivateKey(bytes: Array(made.serverKey.utf8), format: .pem).derBytes.isEmpty == false)
        #expect(server._subjectAlternativeNames().count == 3)
        let folder = try TemporaryFolder()
        let files = try DevelopmentAuthority.ensure(in: folder.path)
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = ["openssl", "verify", "-x509_strict", "-CAfile", files.authority, files.server]
        openssl.standardOutput = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        #expect(openssl.terminationStatus == 0)
    }
}
