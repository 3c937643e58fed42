internal import Crypto

/// SHA-256 of a webhook's body as it was received: 32 bytes.
package enum BodyDigest {
    package static func sha256(_ body: [UInt8]) -> [UInt8] {
        [UInt8](SHA256.hash(data: body))
    }
}
