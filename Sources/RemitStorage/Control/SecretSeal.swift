internal import Crypto
internal import Foundation
package import RemitDomain

/// Seals secrets under the master key: AES-256-GCM, a key of its own for each tenant and purpose.
///
/// What is sealed for one tenant and purpose doesn't open for another.
package struct SecretSeal: Sendable {
    /// Bytes of a master key.
    package static let masterKeyBytes = 32

    private let masterKey: SymmetricKey

    package enum Purpose: String, Sendable, CaseIterable {
        case stripeKey = "stripe-key"
        case webhookSecret = "webhook-secret"
        case nextAction = "next-action"
        case pageToken = "page-token"
        /// Proves that a master key is the right one.
        case check
    }

    /// Takes the master key's 32 bytes; another count is ``StorageError/Code/masterKey``.
    package init(masterKey: [UInt8]) throws(StorageError) {
        guard masterKey.count == Self.masterKeyBytes else {
            throw StorageError(
                .masterKey, message: "The master key has \(masterKey.count) bytes instead of \(Self.masterKeyBytes).")
        }
        self.masterKey = SymmetricKey(data: masterKey)
    }

    /// Seals bytes: nonce (12), ciphertext, tag (16).
    package func seal(_ secret: [UInt8], tenant: TenantID?, purpose: Purpose) throws(StorageError) -> [UInt8] {
        let context = Self.context(tenant: tenant, purpose: purpose)
        do {
            let box = try AES.GCM.seal(secret, using: key(context), authenticating: context)
            guard let combined = box.combined else { throw Self.broken }
            return [UInt8](combined)
        } catch {
            throw Self.broken
        }
    }

    /// Opens what ``seal(_:tenant:purpose:)`` made; ``StorageError/Code/seal`` where anything doesn't fit.
    package func open(_ sealed: [UInt8], tenant: TenantID?, purpose: Purpose) throws(StorageError) -> [UInt8] {
        let context = Self.context(tenant: tenant, purpose: purpose)
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return [UInt8](try AES.GCM.open(box, using: key(context), authenticating: context))
        } catch {
            throw Self.broken
        }
    }

    /// A key for another use than sealing, derived from the master key: the same label gives the same bytes.
    package func derivedKey(_ label: String, count: Int) -> [UInt8] {
        let info = Array("remit/1 derived \(label)".utf8)
        let key = HKDF<SHA256>.deriveKey(inputKeyMaterial: masterKey, info: info, outputByteCount: count)
        return key.withUnsafeBytes { [UInt8]($0) }
    }

    private func key(_ context: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: masterKey, info: context, outputByteCount: 32)
    }

    /// Purpose and tenant, apart by a byte that neither contains.
    private static func context(tenant: TenantID?, purpose: Purpose) -> [UInt8] {
        Array("remit/1 \(purpose.rawValue)\0\(tenant?.text ?? "")".utf8)
    }

    private static var broken: StorageError {
        StorageError(.seal, message: "A sealed value doesn't open: another key, tenant or purpose, or changed bytes.")
    }
}
