import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("Sealed secrets")
struct SecretSealTests {
    private let tenant = TenantID("tenant_1")

    @Test("what is sealed opens for the same key, tenant and purpose, and for no other")
    func binding() throws {
        let seal = try SecretSeal(masterKey: Array(0..<32))
        let other = try SecretSeal(masterKey: Array(1..<33))
        for secret in [[], Array("sk_test_1".utf8)] {
            let sealed = try seal.seal(secret, tenant: tenant, purpose: .stripeKey)
            #expect(try seal.open(sealed, tenant: tenant, purpose: .stripeKey) == secret)
            #expect(try seal.seal(secret, tenant: tenant, purpose: .stripeKey) != sealed)
            var changed = sealed
            changed[changed.count - 1] ^= 1
            let attempts: [(SecretSeal, [UInt8], TenantID?, SecretSeal.Purpose)] = [
                (other, sealed, tenant, .stripeKey), (seal, sealed, TenantID("tenant_2"), .stripeKey),
                (seal, sealed, nil, .stripeKey), (seal, sealed, tenant, .webhookSecret),
                (seal, changed, tenant, .stripeKey), (seal, Array(sealed.dropLast()), tenant, .stripeKey),
                (seal, [], tenant, .stripeKey),
            ]
            for (seal, bytes, tenant, purpose) in attempts {
                let error = #expect(throws: StorageError.self) {
                    try seal.open(bytes, tenant: tenant, purpose: purpose)
                }
                #expect(error?.code == .seal)
            }
        }
    }

    @Test("an API key has 256 random bits, and its hash is the SHA-256 of its text")
    func apiKeys() {
        var generator = SeededRandom(seed: 1)
        let key = APIKey.make(using: &generator)
        #expect(key.text.hasPrefix(APIKey.textPrefix))
        #expect(key.text.count == APIKey.textPrefix.count + 52)
        #expect(key != APIKey.make(using: &generator))
        #expect(key.display.count == APIKey.displayCharacters)
        let expected: [UInt8] = [0xba, 0x78, 0x16, 0xbf]
        #expect(Array(APIKey(text: "abc").hash.bytes.prefix(4)) == expected)
    }
}
