/// The scopes by their places, read without a lock.
final class ScopeTable: Sendable {
    private let scopes = AppendOnlyTable<Scope?>()

    init() {
        // Place 0 stands for no scope.
        _ = scopes.append(nil)
    }

    /// Appends a scope; its caller holds the lock of the table that it belongs to.
    func append(_ scope: Scope) -> UInt32 { scopes.append(scope) }

    func scope(at place: UInt32) -> Scope? {
        scopes.withElement(at: place) { copy $0 } ?? nil
    }

    /// The gate alone: the scope's names needn't be copied.
    func gate(at place: UInt32) -> TenantGate? {
        scopes.withElement(at: place) { $0?.gate } ?? nil
    }
}
