package import RemitDomain
import RemitStorage

/// What a member of a batch sees beside its transaction: the moment, the tenant, its processor, its ids.
package struct Scene {
    let tenant: TenantID
    let settings: TenantSettings
    let now: Timestamp
    /// Finds the tenant's processor: most members need none.
    let findProcessor: @Sendable () -> (any PaymentProcessor)?
    let ids: IdentifierSource
    let randomness: any Randomness
    let sealer: any NextActionSealer
    /// A keyed digest for `remit_key`, from which keys can be rebuilt.
    let keyDigest: @Sendable (PrincipalID, String) -> String

    /// The tenant's processor as it is now; nil: the tenant has no key there.
    var processor: (any PaymentProcessor)? { findProcessor() }
    /// 64 bits for jitter.
    var random: UInt64 { randomness.next() }
}

/// One generator of ids, shared by a tenant's members.
///
/// It belongs to the tenant's thread.
package final class IdentifierSource {
    private var generator: IdentifierGenerator

    package init(_ generator: IdentifierGenerator) {
        self.generator = generator
    }

    func next<Tag>(_ kind: Identifier<Tag>.Type = Identifier<Tag>.self) -> Identifier<Tag> {
        generator.next(kind)
    }

    /// The next id at a batch's moment: the id's time is then its entity's.
    func next<Tag>(_ kind: Identifier<Tag>.Type = Identifier<Tag>.self, at now: Timestamp) -> Identifier<Tag> {
        generator.next(kind, at: now)
    }
}

/// Seals the URLs that customers must visit, so that none is in a file in the clear.
package protocol NextActionSealer: Sendable {
    func seal(_ url: String, of payment: PaymentID) -> [UInt8]
    /// Nil when the bytes weren't sealed by this key for this payment.
    func unseal(_ bytes: [UInt8], of payment: PaymentID) -> String?
}
