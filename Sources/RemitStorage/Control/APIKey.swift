internal import Crypto
internal import Foundation
package import RemitDomain

/// An API key's text: shown once, stored nowhere.
///
/// What is stored is its hash and its first characters.
package struct APIKey: Hashable, Sendable {
    package static let textPrefix = "remit_"
    /// Characters that tell a key from others in a list, and say nothing of the rest.
    package static let displayCharacters = 12
    private static let randomBytes = 32
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package let text: String

    package init(text: String) {
        self.text = text
    }

    /// A new key of 256 random bits.
    package static func make(using generator: inout some RandomNumberGenerator) -> APIKey {
        var characters: [UInt8] = []
        var bits = 0
        var buffer: UInt64 = 0
        for _ in 0..<randomBytes {
            buffer = buffer << 8 | UInt64(UInt8.random(in: .min ... .max, using: &generator))
            bits += 8
            while bits >= 5 {
                bits -= 5
                characters.append(alphabet[Int(buffer >> UInt64(bits) & 31)])
            }
        }
        characters.append(alphabet[Int(buffer << UInt64(5 - bits) & 31)])
        return APIKey(text: textPrefix + String(decoding: characters, as: UTF8.self))
    }

    /// Keys have 256 random bits, so a plain hash can't be searched.
    package var hash: APIKeyHash {
        APIKeyHash(bytes: [UInt8](SHA256.hash(data: Array(text.utf8))))
    }

    /// How a list shows it.
    package var display: String { String(text.prefix(Self.displayCharacters)) }
}
