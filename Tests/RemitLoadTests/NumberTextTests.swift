import Testing

@testable import remit_load

struct NumberTextTests {
    @Test(
        "numbers have three digits that count",
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (0.123456, "0.123"), (1.005, "1.00"), (12.34, "12.3"), (123.4, "123"),
            (999.7, "1,000"), (9.996, "10.0"), (1_234, "1,230"), (12_345, "12,300"), (1_234_567, "1,230,000"),
            (-1_234, "-1,230"), (-0.2, "-0.200"), (1e20, "1e+20"),
        ] as [(Double, String)])
    func number(value: Double, text: String) {
        #expect(NumberText.number(value) == text)
    }

    @Test(
        "units fit their number",
        arguments: [
            (52, "µs", "52 µs"), (1_500, "µs", "1.50 ms"), (2_500_000, "µs", "2.50 s"), (80.5, "ns", "80.5 ns"),
            (1_850, "ns", "1.85 µs"), (2_048, "KiB", "2 MiB"), (12_000, "1/s", "12,000/s"), (5.25, "×", "5.25×"),
            (1_234, "1", "1,234"), (0.5, "1", "0.500"), (3, "widgets", "3 widgets"),
        ] as [(Double, String, String)])
    func value(value: Double, unit: String, text: String) {
        #expect(NumberText.value(value, unit: unit) == text)
    }
}
