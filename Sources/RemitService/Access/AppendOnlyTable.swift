import Synchronization

/// A table that only grows, and is read on every call: readers take no lock, whoever appends holds one.
///
/// Elements never move: each chunk is twice as large as the one before it.
// @unchecked: an element is written before its place is given to anyone, and never after.
final class AppendOnlyTable<Element: Sendable & ~Copyable>: @unchecked Sendable {
    private static var firstChunkSize: Int { 64 }
    /// All chunks hold more elements than a place has numbers.
    private static var chunkCount: Int { 27 }

    private let chunks: UnsafeMutablePointer<Atomic<UnsafeMutablePointer<Element>?>>
    private let published = Atomic<Int>(0)

    init() {
        chunks = .allocate(capacity: Self.chunkCount)
        for chunk in 0..<Self.chunkCount { (chunks + chunk).initialize(to: Atomic(nil)) }
    }

    deinit {
        var left = count
        for chunk in 0..<Self.chunkCount {
            guard let elements = chunks[chunk].load(ordering: .relaxed) else { break }
            let filled = min(left, Self.firstChunkSize << chunk)
            elements.deinitialize(count: filled)
            elements.deallocate()
            left -= filled
        }
        chunks.deinitialize(count: Self.chunkCount)
        chunks.deallocate()
    }

    /// How many places were given.
    var count: Int { published.load(ordering: .acquiring) }

    /// Appends an element and gives its place; its caller holds the lock that guards appending.
    func append(_ element: consuming Element) -> UInt32 {
        let place = published.load(ordering: .relaxed)
        guard let number = UInt32(exactly: place) else { preconditionFailure("A table has 2³² places.") }
        let (chunk, offset) = Self.split(place)
        var elements = chunks[chunk].load(ordering: .relaxed)
        if elements == nil {
            elements = .allocate(capacity: Self.firstChunkSize << chunk)
            chunks[chunk].store(elements, ordering: .releasing)
        }
        guard let elements else { preconditionFailure("The chunk was just allocated.") }
        (elements + offset).initialize(to: element)
        published.store(place + 1, ordering: .releasing)
        return number
    }

    /// Lends the element at a place; nil for one that was never given.
    @discardableResult
    func withElement<Result>(at place: UInt32, _ body: (borrowing Element) -> Result) -> Result? {
        guard Int(place) < count else { return nil }
        let (chunk, offset) = Self.split(Int(place))
        guard let elements = chunks[chunk].load(ordering: .acquiring) else { return nil }
        return body(elements[offset])
    }

    /// The chunk of a place, and where it is in that chunk.
    private static func split(_ place: Int) -> (chunk: Int, offset: Int) {
        let chunk = Int.bitWidth - 1 - (place / firstChunkSize + 1).leadingZeroBitCount
        return (chunk, place - firstChunkSize * ((1 << chunk) - 1))
    }
}
