import Foundation

/// The master key as operators keep it: 32 bytes in base64, in a file or in `REMIT_MASTER_KEY`.
package enum MasterKeyText {
    /// Bytes of a master key (AES-256).
    package static let byteCount = 32

    /// The key's bytes.
    ///
    /// Its text is shown in no error.
    package static func parse(_ text: String) throws(StartupError) -> [UInt8] {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let data = Data(base64Encoded: trimmed), data.count == byteCount else {
            throw StartupError(
                "The master key must be 32 bytes in base64. Make one with `openssl rand -base64 32`, and keep it safe:"
                    + " without it the tenants' Stripe keys can't be read.")
        }
        return Array(data)
    }

    /// A new key from the system's random generator, as text.
    package static func generate() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
    }
}
