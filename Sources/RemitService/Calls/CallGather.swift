import RemitDomain
import RemitRPC
import RemitTenant

/// The calls of one connection's read, by tenant: all tenants get their own in one hand-over.
///
/// Belongs to one sink, and to its door's thread.
final class CallGather: CallGathering {
    /// Where calls of one scope gather; its tenant is found once, for as long as the lane is its own.
    private struct Lane {
        let place: UInt32
        let tenant: TenantID
        var batch = CallBatch()
        /// Calls of the last hand-over: as many are expected again.
        var expected = 1
    }

    /// Calls that are held at once: a tenant's turn takes no more, so it may as well begin.
    static let heldMax = 128
    /// Lanes of a connection: scopes whose places are equal but for a multiple of this take turns in one.
    static let lanesMax = 64

    // The sink owns its gather.
    private unowned let sink: ReplySink
    private let directory: any TenantDoor
    private let findTenant: @Sendable (UInt32) -> TenantID
    private var lanes: [Lane] = []
    /// Each lane's place among `lanes`, by its scope's place modulo ``lanesMax``; -1: none yet.
    private var positions: [Int] = Array(repeating: -1, count: lanesMax)
    /// The lanes that hold calls, in the order of their first ones.
    private var filled: [Int] = []
    /// What lanes have held, in order: a tenant may be there twice.
    private var emptied: [(batch: CallBatch, tenant: TenantID)] = []
    private var held = 0

    /// Gathers the calls of `sink`; `tenant` tells whom a scope's place concerns, the same one for ever.
    init(of sink: ReplySink, directory: any TenantDoor, tenant: @escaping @Sendable (UInt32) -> TenantID) {
        self.sink = sink
        self.directory = directory
        findTenant = tenant
    }

    func submit(_ call: VerbCall, from caller: Caller, place: UInt32) {
        lanes[lane(of: place)].batch.append(call, from: caller)
        holdOne()
    }

    func submit(_ read: ReadCall, from caller: Caller, place: UInt32) {
        lanes[lane(of: place)].batch.append(read, from: caller)
        holdOne()
    }

    func get(_ field: PaymentGets.Field, _ key: Span<UInt8>, _ call: CallID, place: UInt32) {
        let lane = lane(of: place)
        lanes[lane].batch.get(
            field, key, slot: call.slot, generation: call.generation, of: sink, capacity: lanes[lane].expected)
        holdOne()
    }

    override func handOver() {
        guard held > 0 else { return }
        held = 0
        for lane in filled { empty(lane) }
        filled.removeAll(keepingCapacity: true)
        if emptied.count == 1 {
            directory.submit(emptied[0].batch, to: emptied[0].tenant)
        } else {
            directory.submit(emptied)
        }
        emptied.removeAll(keepingCapacity: true)
    }

    private func empty(_ lane: Int) {
        let count = lanes[lane].batch.count
        // It was emptied when another scope took its turn.
        guard count > 0 else { return }
        var batch = CallBatch()
        swap(&batch, &lanes[lane].batch)
        lanes[lane].expected = count
        emptied.append((batch, lanes[lane].tenant))
    }

    private func holdOne() {
        held += 1
        if held >= Self.heldMax { handOver() }
    }

    /// The lane of a scope, which is about to get a call.
    private func lane(of place: UInt32) -> Int {
        let index = Int(place) % Self.lanesMax
        let lane = positions[index]
        guard lane >= 0 else {
            positions[index] = lanes.count
            filled.append(lanes.count)
            lanes.append(Lane(place: place, tenant: findTenant(place)))
            return lanes.count - 1
        }
        if lanes[lane].place != place {
            empty(lane)
            lanes[lane] = Lane(place: place, tenant: findTenant(place))
        }
        if lanes[lane].batch.count == 0 { filled.append(lane) }
        return lane
    }
}
