import RemitStripeHTTP
import Testing

@Suite struct StripeEndpointTests {
    @Test(
        "takes Stripe itself, and plain HTTP to this machine",
        arguments: [
            "https://api.stripe.com", "https://api.stripe.com/", "http://127.0.0.1:8080", "http://localhost:1",
            "http://[::1]:65535/",
        ])
    func accepted(url: String) throws {
        #expect(!(try StripeEndpoint(url)).url.hasSuffix("/"))
    }

    @Test(
        "takes nothing else",
        arguments: [
            "", "http://api.stripe.com", "https://api.stripe.com.example.com", "https://example.com",
            "http://10.0.0.1:80", "http://127.0.0.1", "http://127.0.0.1:0", "http://127.0.0.1:99999",
            "http://127.0.0.1:80@example.com", "http://localhost.example.com:80", "http://127.0.0.1:80/path",
        ])
    func refused(url: String) {
        #expect(throws: StripeEndpoint.Refused.self) { try StripeEndpoint(url) }
    }
}
