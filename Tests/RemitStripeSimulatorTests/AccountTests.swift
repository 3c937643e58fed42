import RemitStripe
import Testing

@Suite struct AccountTests {
    /// As many keys as make a rule that holds by chance only, one in 62, fail for sure.
    @Test(arguments: [("sk_test_", false), ("sk_live_", true)])
    func `what a key makes is of the key's mode, whatever the account is called`(
        prefix: String, isLive: Bool
    ) async throws {
        let bench = Bench()
        for number in 0..<1_000 {
            let made = try await bench.call(.post, "/v1/customers", key: StripeSecret("\(prefix)\(number)"))
            #expect(made.body["livemode"]?.bool == isLive, "\(prefix)\(number)")
        }
    }
}
