import RemitWire
import Testing

@Suite("Open enums")
struct ProtoEnumTests {
    @Test("name their known values, and number the others")
    func names() {
        #expect(Color.red.name == "COLOR_RED")
        #expect(Color.red.label == "red")
        #expect("\(Color.below)" == "below")
        #expect(Color.default.label == "default")
        #expect(Color.self_.name == "COLOR_SELF")
        let unknown = Color(rawValue: 77)
        #expect(unknown.name == nil)
        #expect(unknown.label == nil)
        #expect("\(unknown)" == "77")
    }

    @Test("take aliases for the same value")
    func aliases() {
        #expect(Color.crimson == .red)
        #expect(Color.crimson.name == "COLOR_RED")
    }

    @Test("keep numbers that they don't know")
    func unknownNumbers() throws {
        let message = Scalars.with { $0.fColor = Color(rawValue: -77) }
        #expect(try Scalars(decoding: message.encoded()).fColor.rawValue == -77)
    }
}
