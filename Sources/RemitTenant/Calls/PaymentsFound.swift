package import RemitDomain

/// The answers to gets of one desk's callers.
package struct PaymentsFound: Sendable {
    package enum Result: Sendable {
        /// The payment's message, in the turn's bytes.
        case message(Range<Int>)
        indirect case refused(PaymentError)
    }

    package struct Answer: Sendable {
        package let slot: UInt32
        package let generation: UInt32
        package let result: Result
    }

    package let desk: any CallerDesk
    package private(set) var answers: [Answer] = []

    init(to gets: PaymentGets) {
        desk = gets.desk
        answers.reserveCapacity(gets.count)
    }

    /// Refuses all of them.
    init(refusing gets: PaymentGets, with error: PaymentError) {
        self.init(to: gets)
        for get in gets.gets { append(.refused(error), to: get) }
    }

    /// The same gets, all refused.
    func refused(with error: PaymentError) -> PaymentsFound {
        var refused = self
        refused.answers = answers.map { Answer(slot: $0.slot, generation: $0.generation, result: .refused(error)) }
        return refused
    }

    mutating func append(_ result: Result, to get: PaymentGets.Get) {
        answers.append(Answer(slot: get.slot, generation: get.generation, result: result))
    }
}
