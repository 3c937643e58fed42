import RemitDomain
import RemitStripe
import Testing

@Suite struct WebhookSignatureTests {
    private let body = Array(#"{"id": "evt_1", "object": "event"}"#.utf8)
    private let now = Timestamp(seconds: 1_750_000_000)
    private let secret = StripeSecret("whsec_a")

    private func header(_ secrets: [StripeSecret], age: Int64 = 0) -> String {
        WebhookSignature.header(signing: body, secrets: secrets, at: now + -age * 1_000)
    }

    private func rejection(_ header: String, secrets: [StripeSecret]? = nil) -> WebhookSignature.Rejection? {
        do {
            try WebhookSignature.verify(header: header, body: body, secrets: secrets ?? [secret], now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func agreesWithAnHMACComputedElsewhere() {
        // printf '1750000000.{}' | openssl dgst -sha256 -hmac whsec_a
        let header = "t=1750000000,v1=2dfbaa65042811dbdddc2f59a16a35d75ab121f131395cf5bbc203f78b6fc33e"
        #expect(WebhookSignature.header(signing: Array("{}".utf8), secrets: [secret], at: now) == header)
    }

    @Test func acceptsAnySignatureByAnyActiveSecret() {
        let old = StripeSecret("whsec_old")
        #expect(rejection(header([secret])) == nil)
        #expect(rejection(header([old, secret])) == nil)
        #expect(rejection(header([old]), secrets: [secret, old]) == nil)
        #expect(rejection(header([old])) == .noMatch)
        #expect(rejection(header([secret]), secrets: []) == .noMatch)
        #expect(rejection("v0=ff," + header([secret])) == nil)
    }

    @Test func anEmptySecretMatchesNothing() {
        let empty = StripeSecret("")
        #expect(rejection(header([empty]), secrets: [empty]) == .noMatch)
        #expect(rejection(header([empty]), secrets: [empty, secret]) == .noMatch)
    }

    @Test(
        "tolerates 300 s of skew either way",
        arguments: [(0, true), (300, true), (-300, true), (301, false), (-301, false)])
    func tolerance(age: Int64, isAccepted: Bool) {
        #expect(rejection(header([secret], age: age)) == (isAccepted ? nil : .outsideTolerance))
    }

    @Test func anotherTimeOrBodyThanTheSignedIsRefused() throws {
        let genuine = header([secret])
        #expect(rejection(genuine.replacing("t=1750000000", with: "t=1750000001")) == .noMatch)
        let reserialized = try JSONValue(parsing: body).serialized()
        #expect(reserialized != body)
        #expect(throws: WebhookSignature.Rejection.noMatch) {
            try WebhookSignature.verify(header: genuine, body: reserialized, secrets: [secret], now: now)
        }
    }

    @Test(
        "refuses headers that aren't Stripe's",
        arguments: [
            "", "t=1", "v1=00", "t=x,v1=00", "t=1,t=2,v1=00", "nonsense", "t=1750000000,v1=zz",
            "t=-9223372036854775808,v1=00", "t=9223372036854775807,v1=" + String(repeating: "0", count: 64),
        ])
    func malformed(header: String) {
        #expect(rejection(header) == .malformedHeader)
    }

    @Test func readsNoMoreThanSixteenSignatures() {
        let wrong = String(repeating: ",v1=" + String(repeating: "0", count: 64), count: 16)
        let genuine = header([secret])
        let signature = genuine.drop { $0 != "," }
        #expect(rejection("t=1750000000\(wrong)\(signature)") == .noMatch)
        #expect(rejection("t=1750000000\(signature)\(wrong)") == nil)
    }
}
