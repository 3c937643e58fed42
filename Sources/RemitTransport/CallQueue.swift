/// Calls that wait for a slot, the first come first.
struct CallQueue {
    private var calls: [ClientCall?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ call: ClientCall) {
        calls.append(call)
        count += 1
    }

    mutating func popFirst() -> ClientCall? {
        while head < calls.count {
            let call = calls[head]
            calls[head] = nil
            head += 1
            guard let call else { continue }
            count -= 1
            trim()
            return call
        }
        return nil
    }

    /// Takes out the calls that `isDue` chooses, in their order.
    mutating func removeAll(where isDue: (ClientCall) -> Bool) -> [ClientCall] {
        var removed: [ClientCall] = []
        for place in head..<calls.count {
            guard let call = calls[place], isDue(call) else { continue }
            removed.append(call)
            calls[place] = nil
        }
        count -= removed.count
        trim()
        return removed
    }

    private mutating func trim() {
        if count == 0 {
            calls.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 64, head * 2 > calls.count {
            // What was taken is forgotten in bulk, so that taking costs the same however long the queue is.
            calls.removeFirst(head)
            head = 0
        }
    }
}
