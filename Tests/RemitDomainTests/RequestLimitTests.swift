import RemitDomain
import Testing

@Suite struct RequestLimitTests {
    private func field(_ body: () throws(PaymentError) -> Void) -> String? {
        do throws(PaymentError) {
            try body()
            return nil
        } catch {
            #expect(error.code == .invalidArgument)
            #expect(error.notProcessed)
            return error.field
        }
    }

    @Test(arguments: [
        ("order_id", RequestLimit.orderIDLengthMax), ("idempotency_key", RequestLimit.keyLengthMax),
        ("external_id", RequestLimit.foreignIDLengthMax),
    ])
    func `ids and keys take 255 characters and not one more`(name: String, lengthMax: Int) {
        #expect(lengthMax == 255)
        #expect(
            field { () throws(PaymentError) in
                try RequestLimit.checkID(String(repeating: "é", count: lengthMax), name, lengthMax: lengthMax)
            } == nil)
        #expect(
            field { () throws(PaymentError) in
                try RequestLimit.checkID(String(repeating: "x", count: lengthMax + 1), name, lengthMax: lengthMax)
            } == name)
    }

    @Test func `a URL has 2,048 characters at most, and is absolute`() {
        #expect(RequestLimit.urlLengthMax == 2_048)
        let start = "https://example.com/"
        let longest = start + String(repeating: "p", count: RequestLimit.urlLengthMax - start.count)
        #expect(field { () throws(PaymentError) in try RequestLimit.checkURL(longest) } == nil)
        for text in [longest + "p", "example.com/path", "javascript:alert(1)", "https://example.com/a b"] {
            #expect(field { () throws(PaymentError) in try RequestLimit.checkURL(text) } == "return_url")
        }
    }

    @Test func `a required id isn't empty, and no id holds control characters`() {
        #expect(field { () throws(PaymentError) in try RequestLimit.checkID("", "order_id") } == nil)
        #expect(
            field { () throws(PaymentError) in
                try RequestLimit.checkID("", "order_id", isRequired: true)
            } == "order_id")
        for text in ["a\u{0}b", "a\nb", "\u{7F}"] {
            #expect(field { () throws(PaymentError) in try RequestLimit.checkID(text, "order_id") } == "order_id")
        }
    }

    @Test func `ids are exempt from the search for card numbers, free text isn't`() {
        let number = "4242424242424242"
        #expect(field { () throws(PaymentError) in try RequestLimit.checkID(number, "order_id") } == nil)
        #expect(
            field { () throws(PaymentError) in
                try RequestLimit.checkText("card \(number)", "description", lengthMax: 500)
            } == "description")
        #expect(
            field { () throws(PaymentError) in
                try RequestLimit.checkMetadata(Metadata([("note", number)]))
            } == "metadata")
        #expect(
            field { () throws(PaymentError) in
                try RequestLimit.checkMetadata(Metadata([(number, "note")]))
            } == "metadata")
    }

    @Test(arguments: [
        ("a@b", true), ("jo+x@example.com", true), ("", false), ("@b", false), ("a@", false), ("a@b@c", false),
        ("ab", false), ("a b@c", false), ("a@b\n", false),
    ])
    func `an address has one @ with something on both sides`(text: String, isGood: Bool) {
        #expect((field { () throws(PaymentError) in try RequestLimit.checkEmail(text) } == nil) == isGood)
    }

    @Test func `an address takes 512 characters`() {
        let domain = "@example.com"
        let local = String(repeating: "a", count: 512 - domain.count)
        #expect(field { () throws(PaymentError) in try RequestLimit.checkEmail(local + domain) } == nil)
        #expect(field { () throws(PaymentError) in try RequestLimit.checkEmail("a" + local + domain) } == "email")
    }

    @Test(arguments: [
        ("", true), ("https://shop.example/back?x=1", true), ("http://127.0.0.1:8080/", true),
        ("ftp://shop.example", false), ("shop.example", false), ("https://a b", false),
    ])
    func `a return URL is absolute`(text: String, isGood: Bool) {
        #expect((field { () throws(PaymentError) in try RequestLimit.checkURL(text) } == nil) == isGood)
    }

    @Test func `metadata has at most 50 entries, keys of 40 and values of 500 characters`() {
        func metadata(entries: Int = 1, key: Int = 1, value: Int = 0) -> Metadata {
            Metadata(
                (0..<entries).map { index in
                    let number = String(index)
                    let padding = String(repeating: "k", count: max(0, key - number.count))
                    return (padding + number, String(repeating: "v", count: value))
                })
        }
        let good = [metadata(entries: 0), metadata(entries: 50, key: 40, value: 500)]
        let bad = [
            metadata(entries: 51), metadata(key: 41), metadata(value: 501), Metadata([("", "x")]),
            Metadata([("remit_id", "x")]),
        ]
        for metadata in good {
            #expect(field { () throws(PaymentError) in try RequestLimit.checkMetadata(metadata) } == nil)
        }
        for metadata in bad {
            #expect(field { () throws(PaymentError) in try RequestLimit.checkMetadata(metadata) } == "metadata")
        }
    }
}

@Suite struct CardNumberTests {
    @Test(arguments: [
        "4242424242424242", "my card is 4242 4242 4242 4242, thanks", "5555-5555-5555-4444", "378282246310005",
        "3714 496353 98431", "6011111111111117", "30569309025904", "3530111333300000", "6200000000000005",
        "2223003122003222", "4222222222222", "4242.4242.4242.4242", "x4242424242424242y", "order 12 4242424242424242",
        "4242\n4242\n4242\n4242",
    ])
    func `finds numbers of known issuers, in groups too`(text: String) {
        #expect(CardNumber.isContained(in: text))
    }

    @Test(arguments: [
        "", "4242424242424241", "1234567812345670", "42424242", "00000000000000000000", "payment 20260101 of 4900",
        "4242  4242 4242 4242", "+49 30 901820", "42424242424242424242424242424242", "9999999999999995",
        "4242a4242b4242c4242",
    ])
    func `leaves other numbers alone`(text: String) {
        #expect(!CardNumber.isContained(in: text))
    }
}
