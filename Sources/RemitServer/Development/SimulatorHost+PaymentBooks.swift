import RemitStripeSimulator

extension SimulatorHost {
    /// What the simulator holds of one of our payments; amounts in its minor units.
    package struct PaymentBooks: Hashable, Sendable {
        /// Payment intents that aren't canceled.
        package var liveIntents: Int
        /// Charges that took or hold money.
        package var charges: Int
        package var captured: Int64
        package var refunded: Int64

        package init(liveIntents: Int, charges: Int, captured: Int64, refunded: Int64) {
            self.liveIntents = liveIntents
            self.charges = charges
            self.captured = captured
            self.refunded = refunded
        }
    }

    /// The simulator's books of the payment with this id here.
    package func paymentBooks(_ paymentID: String) -> PaymentBooks {
        let summary = books.summary()
        let intents = Set(summary.intents(remitID: paymentID).map(\.id))
        let charges = summary.paidCharges.filter { intents.contains($0.intent) }
        return PaymentBooks(
            liveIntents: summary.liveIntents(remitID: paymentID).count, charges: charges.count,
            captured: charges.reduce(0) { $0 + $1.amountCaptured },
            refunded: charges.reduce(0) { $0 + $1.amountRefunded })
    }

    /// What the simulator holds of all payments together.
    package var totals: (paidCharges: Int, captured: Int64, refunded: Int64) {
        let summary = books.summary()
        return (summary.paidCharges.count, summary.amountCaptured, summary.amountRefunded)
    }
}
