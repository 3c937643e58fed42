import Crypto
package import Foundation
import SwiftASN1
import X509

/// A certificate authority of one's own, for development: it signs one server certificate for this machine's names.
///
/// Its files lie in one folder, readable by their owner only: `ca.pem`, `ca.key.pem`, `server.pem`, `server.key.pem`.
package struct DevelopmentAuthority {
    /// PEM texts of an authority and of the server certificate that it signed.
    package struct Certificates: Sendable {
        package var authority: String
        package var authorityKey: String
        package var server: String
        package var serverKey: String
    }

    /// Where the files of one authority lie.
    package struct Files: Sendable {
        package var authority: String
        package var authorityKey: String
        package var server: String
        package var serverKey: String

        package init(folder: String) {
            authority = folder + "/ca.pem"
            authorityKey = folder + "/ca.key.pem"
            server = folder + "/server.pem"
            serverKey = folder + "/server.key.pem"
        }
    }

    /// Days for which both certificates are valid: under the 825 that some TLS stacks allow at most.
    package static let validDays = 365

    /// The files in `folder`, made where one is missing or the server certificate ends within 30 days.
    package static func ensure(in folder: String, now: Date = Date()) throws -> Files {
        let files = Files(folder: folder)
        if isUsable(files, now: now) { return files }
        let made = try issue(now: now)
        try PrivateFile.write(made.authority, to: files.authority)
        try PrivateFile.write(made.authorityKey, to: files.authorityKey)
        try PrivateFile.write(made.server, to: files.server)
        try PrivateFile.write(made.serverKey, to: files.serverKey)
        return files
    }

    /// A new authority with a server certificate for localhost, 127.0.0.1 and ::1.
    package static func issue(now: Date = Date()) throws -> Certificates {
        let validity = now.addingTimeInterval(-300)..<now.addingTimeInterval(Double(validDays) * 86_400)
        let authorityKey = P256.Signing.PrivateKey()
        let authorityName = try DistinguishedName { CommonName("Remit development authority") }
        let identifier = SubjectKeyIdentifier(hash: Certificate.PublicKey(authorityKey.publicKey))
        let authority = try certificate(
            of: authorityKey.publicKey, subject: authorityName, issuer: authorityName, key: authorityKey,
            validity: validity,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                identifier
                AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
            })
        let serverKey = P256.Signing.PrivateKey()
        let server = try certificate(
            of: serverKey.publicKey, subject: try DistinguishedName { CommonName("localhost") }, issuer: authorityName,
            key: authorityKey, validity: validity,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                    .ipAddress(ASN1OctetString(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
                ])
                SubjectKeyIdentifier(hash: Certificate.PublicKey(serverKey.publicKey))
                AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
            })
        return Certificates(
            authority: try authority.serializeAsPEM().pemString, authorityKey: authorityKey.pemRepresentation,
            server: try server.serializeAsPEM().pemString, serverKey: serverKey.pemRepresentation)
    }

    private static func certificate(
        of publicKey: P256.Signing.PublicKey, subject: DistinguishedName, issuer: DistinguishedName,
        key: P256.Signing.PrivateKey, validity: Range<Date>, extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(publicKey),
            notValidBefore: validity.lowerBound, notValidAfter: validity.upperBound, issuer: issuer, subject: subject,
            extensions: extensions, issuerPrivateKey: Certificate.PrivateKey(key))
    }

    private static func isUsable(_ files: Files, now: Date) -> Bool {
        let manager = FileManager.default
        guard
            [files.authority, files.authorityKey, files.server, files.serverKey]
                .allSatisfy({ manager.isReadableFile(atPath: $0) }),
            let data = manager.contents(atPath: files.server),
            let server = try? Certificate(pemEncoded: String(decoding: data, as: UTF8.self))
        else { return false }
        return server.notValidAfter > now.addingTimeInterval(30 * 86_400)
    }
}
