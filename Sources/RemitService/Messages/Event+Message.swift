import RemitAPI
import RemitDomain

extension RemitAPI.Event {
    init(_ event: RemitDomain.Event) {
        self.init()
        let draft = event.draft
        id = draft.id.text
        sequence = event.sequence
        type = draft.type.rawValue
        entityType = draft.entityType.rawValue
        entityId = draft.entity
        verb = draft.verb
        before = event.before
        after = draft.after
        actor = draft.actor
        operationId = draft.operation?.text ?? ""
        stripeEventId = draft.stripeEventID ?? ""
        atMs = draft.at.milliseconds
        aliases = draft.type.aliases
    }
}

extension EventCursor {
    init(_ position: EventPosition) {
        self.init()
        epoch = position.epoch
        sequence = position.sequence
    }
}
