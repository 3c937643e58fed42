import RemitAPI
import RemitDomain

extension EventQuery {
    /// As the contract says: a subscriber of more types wants all.
    static let typesMax = 64

    init(_ selection: EventSelection?, limit: Int) throws(PaymentError) {
        self.init()
        self.limit = limit
        guard let selection else { return }
        if let cursor = selection.after {
            guard cursor.sequence >= 0, cursor.epoch >= 0 else {
                throw .invalid("selection.after", "Give a cursor that an answer carried, or none for the first event.")
            }
            after = EventPosition(epoch: cursor.epoch, sequence: cursor.sequence)
        }
        guard selection.types.count <= Self.typesMax else {
            throw .invalid("selection.types", "Give at most \(Self.typesMax) types, or none for all.")
        }
        var wanted: Set<EventType> = []
        for name in selection.types {
            let answering = EventType.allCases.filter { $0.answers(to: name) }
            guard !answering.isEmpty else {
                throw .invalid(
                    "selection.types", "No event has the type `\(name.prefix(64))`; give one such as payment.captured.")
            }
            wanted.formUnion(answering)
        }
        types = EventType.allCases.filter(wanted.contains)
        entity = try RequestField.foreignID(selection.entityId, "selection.entity_id")
    }
}
