import Testing

@testable import RemitStorage

struct DescriptorLeaseTests {
    private enum Step: CaseIterable { case take, release, look, peek }

    /// What a lease should be: held, unused with or without having been used since the last look, or parked.
    private enum Expected { case held, used, unused, parked }

    @Test("in every sequence of six steps the connection or the pool has the descriptors, never both, never nobody")
    func everySequence() {
        for number in 0..<4_096 {
            let lease = DescriptorLease()
            var expected = Expected.held
            var current: ObjectIdentifier? = lease.held.map { ObjectIdentifier($0) }
            var rest = number
            for _ in 0..<6 {
                let step = Step.allCases[rest % 4]
                rest /= 4
                switch step {
                case .take:
                    guard expected != .held else { continue }
                    let wasThere = lease.take()
                    #expect(wasThere == (expected != .parked))
                    if !wasThere { current = ObjectIdentifier(lease.renew()) }
                    #expect(lease.held.map { ObjectIdentifier($0) } == current)
                    expected = .held
                case .release:
                    lease.release()
                    if expected == .held { expected = .used }
                    #expect(lease.held == nil)
                case .peek:
                    let isThere = lease.unlessParked {
                        guard case .held = lease.look() else { return false }
                        return true
                    }
                    #expect(isThere == (expected == .parked ? nil : true), "nobody parks them meanwhile")
                    if expected == .unused { expected = .used }
                case .look:
                    switch (lease.look(), expected) {
                    case (.held, .held), (.held, .parked): break
                    case (.used, .used): expected = .unused
                    case (.parked(let descriptors), .unused):
                        #expect(ObjectIdentifier(descriptors) == current)
                        expected = .parked
                    default: Issue.record("sequence \(number): the pool found something else than \(expected)")
                    }
                }
            }
        }
    }

    @Test("descriptors end with whoever has them last")
    func ends() {
        weak var descriptors: LentDescriptors?
        do {
            let lease = DescriptorLease()
            descriptors = lease.held
            lease.release()
            #expect(descriptors != nil)
        }
        #expect(descriptors == nil)
        let lease = DescriptorLease()
        descriptors = lease.held
        lease.release()
        _ = lease.look()
        #expect(descriptors != nil)
        _ = lease.look()
        #expect(descriptors == nil)
    }

    @Test("a connection that drops its descriptors is as one that was parked")
    func drops() {
        let lease = DescriptorLease()
        lease.drop()
        #expect(!lease.take())
        lease.renew().index = -1
        #expect(lease.held != nil)
    }
}
