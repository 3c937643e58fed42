import DequeModule
import RemitDomain

/// Which tenants are open, which are on their way, and whose turn it is to leave: the directory's state, pure.
///
/// Inputs are told by name; what is to be done comes back as ``Command``s. A tenant's entries are never lost: while it
/// can't take them they wait here, in order. Each input costs the same however many tenants there are.
struct OpenTenants<Entry, Handle> {
    /// A place in the table.
    private enum Slot {
        /// Waits for room.
        case waiting
        /// Room is given; its actor is being made.
        case opening
        /// Open, and as far as is known idle: the longest unused is asked first to leave.
        case open(Handle, UseOrder<TenantID>.Place)
        /// Open, and busy when it was asked to leave; it tells when that is over.
        case busy(Handle)
        /// Asked to leave at once; takes nothing meanwhile.
        case closing(Handle)
        /// Asked to leave when it isn't busy, because the process ends; takes what it needs for that.
        case leaving(Handle)
    }

    enum Command {
        /// Make its actor, then tell ``opened(_:handle:)``.
        case open(TenantID)
        /// Hand entries over, before any other input is told here: else they could meet a tenant that has left.
        case hand(Handle, [Entry])
        /// Ask it to leave; it tells ``closed(_:)``, or ``keptOpen(_:)`` and later ``becameIdle(_:)``.
        case close(Handle)
        /// Ask it to leave as soon as it isn't busy: the process ends.
        case closeWhenIdle(Handle)
        /// Nobody has used it for a while: it may give back what it needs only for speed.
        case rest(Handle)
        /// Nothing of these was done.
        case refuse([Entry], Refusal)
    }

    enum Refusal {
        /// Every tenant that is open is busy.
        case allBusy
        /// The process ends.
        case ending
    }

    /// How many tenants may be open, opening and closing ones included.
    let limit: Int
    private var slots: [TenantID: Slot] = [:]
    /// What came for tenants that can't take it now.
    private var held: [TenantID: [Entry]] = [:]
    private var waiting = Deque<TenantID>()
    private var idle = UseOrder<TenantID>()
    private var occupied = 0
    private var opening = 0
    private var closing = 0
    private var isEnding = false
    private var hasEnded = false

    init(limit: Int) {
        precondition(limit > 0, "At least one tenant can be open.")
        self.limit = limit
    }

    /// How many tenants are open, opening and closing ones included.
    var count: Int { occupied }

    /// Whether the process ends and no tenant is open any more.
    var isOver: Bool { isEnding && occupied == 0 }

    /// How many tenants wait for room.
    var waitingCount: Int { waiting.count }

    /// Every open tenant's handle.
    var handles: [Handle] {
        slots.values.compactMap { slot in
            switch slot {
            case .open(let handle, _), .busy(let handle), .closing(let handle), .leaving(let handle): handle
            case .waiting, .opening: nil
            }
        }
    }

    /// The handle of a tenant that takes entries now; it counts as used.
    ///
    /// Nil: tell ``received(_:for:)``.
    mutating func use(_ tenant: TenantID) -> Handle? {
        switch slots[tenant] {
        case .open(let handle, let place):
            if let moved = idle.touch(place) { slots[tenant] = .open(handle, moved) }
            return handle
        case .busy(let handle), .leaving(let handle): return handle
        case .waiting, .opening, .closing, nil: return nil
        }
    }

    /// An entry for a tenant; nil only wants it open.
    mutating func received(_ entry: Entry?, for tenant: TenantID) -> [Command] {
        if let handle = use(tenant) { return entry.map { [.hand(handle, [$0])] } ?? [] }
        switch slots[tenant] {
        case .open, .busy, .leaving: preconditionFailure("A tenant that takes entries wasn't given one.")
        case .waiting, .opening, .closing:
            hold(entry, for: tenant)
            return []
        case nil:
            guard !isEnding else { return entry.map { [.refuse([$0], .ending)] } ?? [] }
            hold(entry, for: tenant)
            slots[tenant] = .waiting
            waiting.append(tenant)
            return makeRoom()
        }
    }

    /// A tenant's actor is made.
    mutating func opened(_ tenant: TenantID, handle: Handle) -> [Command] {
        guard !hasEnded else { return [] }
        guard case .opening = slots[tenant] else { preconditionFailure("A tenant was opened that nobody asked for.") }
        opening -= 1
        let commands: [Command] = [.hand(handle, release(tenant))]
        guard !isEnding else {
            slots[tenant] = .leaving(handle)
            return commands + [.closeWhenIdle(handle)]
        }
        slots[tenant] = .open(handle, idle.insert(tenant))
        return commands + makeRoom()
    }

    /// A tenant has left.
    mutating func closed(_ tenant: TenantID) -> [Command] {
        switch slots.removeValue(forKey: tenant) {
        case .closing: closing -= 1
        case .leaving: break
        case .waiting, .opening, .open, .busy, nil:
            precondition(hasEnded, "A tenant left that wasn't asked to.")
            return []
        }
        occupied -= 1
        if held[tenant] != nil {
            slots[tenant] = .waiting
            waiting.append(tenant)
        }
        return makeRoom()
    }

    /// A tenant was asked to leave and is busy.
    mutating func keptOpen(_ tenant: TenantID) -> [Command] {
        // The process may have begun to end since it was asked: then it leaves when it is idle.
        guard case .closing(let handle) = slots[tenant] else { return [] }
        closing -= 1
        slots[tenant] = .busy(handle)
        let entries = release(tenant)
        return (entries.isEmpty ? [] : [.hand(handle, entries)]) + makeRoom()
    }

    /// A tenant that was kept open because it was busy isn't busy any more.
    mutating func becameIdle(_ tenant: TenantID) -> [Command] {
        guard case .busy(let handle) = slots[tenant] else { return [] }
        slots[tenant] = .open(handle, idle.insert(tenant))
        return makeRoom()
    }

    /// A period has passed: those who weren't used in it rest, once.
    mutating func periodEnded() -> [Command] {
        idle.endPeriod().compactMap { tenant, place in
            guard case .open(let handle, _) = slots[tenant] else {
                preconditionFailure("A tenant was idle that isn't open.")
            }
            slots[tenant] = .open(handle, place)
            return .rest(handle)
        }
    }

    /// The process ends: every tenant leaves when it isn't busy, and no other is opened.
    mutating func end() -> [Command] {
        guard !isEnding else { return [] }
        isEnding = true
        var commands: [Command] = []
        for tenant in waiting {
            slots[tenant] = nil
            commands += refuse(tenant, .ending)
        }
        waiting.removeAll()
        for (tenant, slot) in slots {
            switch slot {
            case .open(let handle, let place):
                idle.remove(place)
                slots[tenant] = .leaving(handle)
                commands.append(.closeWhenIdle(handle))
            case .busy(let handle):
                slots[tenant] = .leaving(handle)
                commands.append(.closeWhenIdle(handle))
            case .closing(let handle):
                closing -= 1
                slots[tenant] = .leaving(handle)
                let entries = release(tenant)
                if !entries.isEmpty { commands.append(.hand(handle, entries)) }
                commands.append(.closeWhenIdle(handle))
            case .waiting, .opening, .leaving:
                break
            }
        }
        return commands
    }

    /// Time is up for those who are busy still: they are forgotten, and whatever comes is refused.
    mutating func abandon() -> [Command] {
        hasEnded = true
        isEnding = true
        let entries = held.values.flatMap { $0 }
        slots = [:]
        held = [:]
        waiting.removeAll()
        occupied = 0
        return entries.isEmpty ? [] : [.refuse(entries, .ending)]
    }

    /// Opens who waits while there is room, and asks the longest unused to leave while there is none.
    private mutating func makeRoom() -> [Command] {
        var commands: [Command] = []
        while occupied < limit, let tenant = waiting.popFirst() {
            slots[tenant] = .opening
            occupied += 1
            opening += 1
            commands.append(.open(tenant))
        }
        while waiting.count > closing, let tenant = idle.oldest, case .open(let handle, let place) = slots[tenant] {
            idle.remove(place)
            slots[tenant] = .closing(handle)
            closing += 1
            commands.append(.close(handle))
        }
        // Nobody is left to ask, and nobody comes or goes: all who are open are busy.
        if closing == 0, opening == 0 {
            while let tenant = waiting.popFirst() {
                slots[tenant] = nil
                commands += refuse(tenant, .allBusy)
            }
        }
        return commands
    }

    private mutating func hold(_ entry: Entry?, for tenant: TenantID) {
        guard let entry else { return }
        held[tenant, default: []].append(entry)
    }

    private mutating func release(_ tenant: TenantID) -> [Entry] {
        held.removeValue(forKey: tenant) ?? []
    }

    private mutating func refuse(_ tenant: TenantID, _ refusal: Refusal) -> [Command] {
        let entries = release(tenant)
        return entries.isEmpty ? [] : [.refuse(entries, refusal)]
    }
}

extension OpenTenants.Command: Sendable where Entry: Sendable, Handle: Sendable {}
