package import RemitDomain
package import RemitStorage

/// Seals next-action URLs under the master key, for one tenant.
package struct SecretNextActionSealer: NextActionSealer {
    private let seal: SecretSeal
    private let tenant: TenantID

    package init(seal: SecretSeal, tenant: TenantID) {
        self.seal = seal
        self.tenant = tenant
    }

    package func seal(_ url: String, of payment: PaymentID) -> [UInt8] {
        // Sealing fails only for keys of a wrong size, which the seal doesn't take; without bytes nothing is shown later.
        (try? seal.seal(Array("\(payment.text)\0\(url)".utf8), tenant: tenant, purpose: .nextAction)) ?? []
    }

    package func unseal(_ bytes: [UInt8], of payment: PaymentID) -> String? {
        guard let opened = try? seal.open(bytes, tenant: tenant, purpose: .nextAction) else { return nil }
        let prefix = Array("\(payment.text)\0".utf8)
        guard opened.starts(with: prefix) else { return nil }
        return String(decoding: opened.dropFirst(prefix.count), as: UTF8.self)
    }
}
