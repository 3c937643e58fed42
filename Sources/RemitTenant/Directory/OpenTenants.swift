import RemitDomain

/// Which tenants are open, which are on their way, and whose turn it is to leave: the directory's state, pure.
///
/// Inputs are told by name; what is to be done comes back as ``Command``s. A tenant's entries are never lost: while it
/// can't take them they wait here, in order.
struct OpenTenants<Entry, Handle> {
    /// A place in the table.
    private enum Slot {
        /// Waits for room; entries in order.
        case waiting([Entry])
        /// Room is given; its mark is being set.
        case opening([Entry])
        case open(Handle, lastUsed: UInt64)
        /// Asked to close; entries that came meanwhile.
        case closing(Handle, [Entry])
    }

    enum Command {
        /// Set its mark, then tell ``markedOpen(_:handle:)``.
        case mark(TenantID)
        case hand(Handle, [Entry])
        case close(Handle)
        /// No tenant can be closed to make room: these are refused, nothing was done.
        case refuse([Entry])
    }

    /// How many tenants may be open, closing ones included.
    let limit: Int
    private var slots: [TenantID: Slot] = [:]
    private var waiting: [TenantID] = []
    private var occupied = 0
    private var closing = 0
    /// Tenants that were asked since the last success and kept open.
    private var refusedToClose: Set<TenantID> = []
    private var tick: UInt64 = 0

    init(limit: Int) {
        precondition(limit > 0, "At least one tenant can be open.")
        self.limit = limit
    }

    var count: Int { occupied }

    /// Every open tenant's handle.
    var handles: [Handle] {
        slots.values.compactMap { slot in
            switch slot {
            case .open(let handle, _), .closing(let handle, _): handle
            case .waiting, .opening: nil
            }
        }
    }

    /// An entry for a tenant; nil only wants it open.
    mutating func received(_ entry: Entry?, for tenant: TenantID) -> [Command] {
        tick += 1
        let entries = entry.map { [$0] } ?? []
        switch slots[tenant] {
        case .open(let handle, _):
            slots[tenant] = .open(handle, lastUsed: tick)
            return [.hand(handle, entries)]
        case .opening(let earlier):
            slots[tenant] = .opening(earlier + entries)
            return []
        case .waiting(let earlier):
            slots[tenant] = .waiting(earlier + entries)
            return []
        case .closing(let handle, let earlier):
            slots[tenant] = .closing(handle, earlier + entries)
            return []
        case nil:
            slots[tenant] = .waiting(entries)
            waiting.append(tenant)
            return makeRoom()
        }
    }

    /// A tenant's mark is set and its actor made.
    mutating func markedOpen(_ tenant: TenantID, handle: Handle) -> [Command] {
        guard case .opening(let entries) = slots[tenant] else { return [] }
        slots[tenant] = .open(handle, lastUsed: tick)
        return [.hand(handle, entries)]
    }

    /// A tenant's mark could not be set.
    mutating func failedToOpen(_ tenant: TenantID) -> [Command] {
        guard case .opening(let entries) = slots.removeValue(forKey: tenant) else { return [] }
        occupied -= 1
        return [.refuse(entries)] + makeRoom()
    }

    /// A tenant closed itself.
    mutating func closed(_ tenant: TenantID) -> [Command] {
        guard case .closing(_, let entries) = slots.removeValue(forKey: tenant) else { return [] }
        occupied -= 1
        closing -= 1
        refusedToClose.removeAll()
        guard !entries.isEmpty else { return makeRoom() }
        slots[tenant] = .waiting(entries)
        waiting.append(tenant)
        return makeRoom()
    }

    /// A tenant was asked to close and is busy.
    mutating func keptOpen(_ tenant: TenantID) -> [Command] {
        guard case .closing(let handle, let entries) = slots[tenant] else { return [] }
        closing -= 1
        refusedToClose.insert(tenant)
        slots[tenant] = .open(handle, lastUsed: tick)
        return [.hand(handle, entries)] + makeRoom()
    }

    /// Asks every open tenant to close: the process ends.
    mutating func closeAll() -> [Command] {
        var commands: [Command] = []
        for (tenant, slot) in slots {
            guard case .open(let handle, _) = slot else { continue }
            slots[tenant] = .closing(handle, [])
            closing += 1
            commands.append(.close(handle))
        }
        return commands
    }

    /// Opens who waits while there is room, and asks the least recently used to leave while there is none.
    private mutating func makeRoom() -> [Command] {
        var commands: [Command] = []
        while !waiting.isEmpty, occupied < limit {
            let tenant = waiting.removeFirst()
            guard case .waiting(let entries) = slots[tenant] else { continue }
            slots[tenant] = .opening(entries)
            occupied += 1
            commands.append(.mark(tenant))
        }
        while waiting.count > closing {
            guard let (tenant, handle) = leastRecentlyUsed() else {
                if closing == 0 { commands += refuseWaiting() }
                break
            }
            slots[tenant] = .closing(handle, [])
            closing += 1
            commands.append(.close(handle))
        }
        return commands
    }

    /// All open tenants are busy: those who wait are told so, and the busy ones may be asked again next time.
    private mutating func refuseWaiting() -> [Command] {
        refusedToClose.removeAll()
        defer { waiting.removeAll() }
        return waiting.compactMap { tenant in
            guard case .waiting(let entries) = slots.removeValue(forKey: tenant) else { return nil }
            return .refuse(entries)
        }
    }

    private func leastRecentlyUsed() -> (TenantID, Handle)? {
        var oldest: (tenant: TenantID, handle: Handle, used: UInt64)?
        for (tenant, slot) in slots {
            guard case .open(let handle, let used) = slot, !refusedToClose.contains(tenant) else { continue }
            if oldest.map({ used < $0.used }) ?? true { oldest = (tenant, handle, used) }
        }
        return oldest.map { ($0.tenant, $0.handle) }
    }
}
