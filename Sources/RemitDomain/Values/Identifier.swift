/// The kinds of things that have ids of ours; the raw value is the id's prefix.
package enum EntityType: String, Hashable, Sendable, CaseIterable {
    case payment, refund, customer, operation, event, tenant, principal
}

/// Names the kind of entity that an ``Identifier`` belongs to.
package protocol IdentifierTag: Sendable {
    static var entityType: EntityType { get }
}

/// The id of one entity: `{type}_` and 26 characters of lower-case Crockford base32.
///
/// Ids of an older form are accepted as text; a text that names nothing is simply not found.
package struct Identifier<Tag: IdentifierTag>: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static var entityType: EntityType { Tag.entityType }
}

package enum PaymentTag: IdentifierTag { package static let entityType = EntityType.payment }
package enum RefundTag: IdentifierTag { package static let entityType = EntityType.refund }
package enum CustomerTag: IdentifierTag { package static let entityType = EntityType.customer }
package enum OperationTag: IdentifierTag { package static let entityType = EntityType.operation }
package enum EventTag: IdentifierTag { package static let entityType = EntityType.event }
package enum TenantTag: IdentifierTag { package static let entityType = EntityType.tenant }
package enum PrincipalTag: IdentifierTag { package static let entityType = EntityType.principal }

package typealias PaymentID = Identifier<PaymentTag>
package typealias RefundID = Identifier<RefundTag>
package typealias CustomerID = Identifier<CustomerTag>
package typealias OperationID = Identifier<OperationTag>
package typealias EventID = Identifier<EventTag>
package typealias TenantID = Identifier<TenantTag>
package typealias PrincipalID = Identifier<PrincipalTag>
