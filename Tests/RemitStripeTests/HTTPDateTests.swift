import RemitDomain
import RemitStripe
import Testing

@Suite struct HTTPDateTests {
    @Test(
        "reads and writes a date",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Sat, 21 Nov 2026 09:27:50 GMT", 1_795_253_270),
            ("Fri, 31 Dec 2100 00:00:00 GMT", 4_133_894_400),
        ] as [(String, Int64)])
    func dates(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text) == Timestamp(seconds: seconds))
        #expect(HTTPDate.text(of: Timestamp(milliseconds: seconds * 1_000 + 999)) == text)
    }

    @Test(
        "refuses what isn't one", arguments: ["", "now", "Sat, 21 Xxx 2026 09:27:50 GMT", "Sat, 21 Nov 2026 09:27 GMT"])
    func malformed(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
