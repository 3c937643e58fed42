import RemitDomain
import RemitStripe
import Testing

@Suite struct StripeRequestTests {
    @Test func readsBackWhatItStored() throws {
        var form = Form()
        form.add("description", "two\nlines")
        form.add("metadata[a]", "b")
        let request = StripeRequest(
            method: .post, path: "/v1/payment_intents/pi_1/confirm", form: form,
            preparedAt: Timestamp(milliseconds: 1_750_000_000_123), prior: "9/ch_1")
        #expect(StripeRequest(stored: request.stored) == request)
        #expect(request.field("metadata", "a") == "b")
        #expect(request.field("description") == "two\nlines")
    }

    @Test(
        "reads nothing else", arguments: ["", "POST\n/v1/x\nv\n1\n", "PUT\n/v1/x\nv\n1\n\n", "POST\n/v1/x\nv\nx\n\n"])
    func malformed(text: String) {
        #expect(StripeRequest(stored: Array(text.utf8)) == nil)
    }
}
