import RemitAPI
import RemitWire
import Synchronization

/// The codec's paths, each run so many times between two marks that callgrind sees.
struct CodecPaths {
    /// `scripts/guards` divides by it.
    static let repetitions = 100
    private static let repetitionsOfWarmUp = 20
    private static let listCount = 100

    func run() throws {
        let payment = Payment.sample(0)
        let bytes = payment.encoded()
        var list = FindPaymentsResponse()
        list.payments = (0..<Self.listCount).map(Payment.sample)
        let listBytes = list.encoded()
        try measure("payment-encode") { payment.encoded().count }
        try measure("payment-decode") { try Payment(decoding: bytes).bytesRead }
        try measure("payment-view") { try Payment.View(validating: bytes.span).bytesRead(bytes.span) }
        try measure("list-encode") { list.encoded().count }
        try measure("list-decode") {
            try FindPaymentsResponse(decoding: listBytes).payments.reduce(0) { $0 &+ $1.bytesRead }
        }
        try measure("list-view") { try FindPaymentsResponse.View(validating: listBytes.span).bytesRead(listBytes.span) }
    }

    private func measure(_ name: String, _ body: () throws -> Int) throws {
        var sum = 0
        for _ in 0..<Self.repetitionsOfWarmUp { sum &+= try body() }
        CodecMark.callgrindBoundary()
        for _ in 0..<Self.repetitions { sum &+= try body() }
        CodecMark.callgrindBoundary()
        guard sum > 0 else { throw GuardFailure("\(name) did nothing.") }
        RemitGuards.tell("instructions.\(name)", "\(Self.repetitions)")
    }
}

/// Where callgrind ends one count and begins the next: it knows the function by its name.
enum CodecMark {
    private static let passed = Atomic<Int>(0)

    /// Counting keeps the compiler from leaving the call out.
    @inline(never)
    static func callgrindBoundary() {
        passed.wrappingAdd(1, ordering: .relaxed)
    }
}
