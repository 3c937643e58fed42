/// A protobuf map: pairs in the order of their first insertion, no key twice.
///
/// Maps on the wire are small, and an array of pairs beats a dictionary there. From
/// ``indexedFrom`` pairs on, keys are looked up through an index, so that a hostile map costs no
/// quadratic time. Two maps are equal if they have equal pairs, in whatever order.
public struct WireMap<Key: Hashable & Sendable, Value: Hashable & Sendable>: Sendable {
    /// The number of pairs from which on an index is kept: comparing fewer short keys is cheaper than hashing one.
    @inlinable
    public static var indexedFrom: Int { 16 }

    @usableFromInline var pairs: [Pair] = []
    @usableFromInline var index: [Key: Int] = [:]

    /// A key with its value.
    public struct Pair: Hashable, Sendable {
        /// The key.
        public let key: Key
        /// The value.
        public var value: Value

        /// Creates a pair.
        @inlinable
        public init(key: Key, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// An empty map.
    @inlinable
    public init() {}

    /// A map of these pairs; of equal keys the last one wins.
    @inlinable
    public init(_ elements: some Sequence<(Key, Value)>) {
        pairs.reserveCapacity(elements.underestimatedCount)
        for (key, value) in elements { self[key] = value }
    }

    /// The value of a key; setting nil removes the key.
    @inlinable
    public subscript(key: Key) -> Value? {
        get { position(of: key).map { pairs[$0].value } }
        set {
            guard let newValue else { return remove(key) }
            if let position = position(of: key) {
                pairs[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    @inlinable
    func position(of key: Key) -> Int? {
        guard pairs.count < Self.indexedFrom else { return index[key] }
        return pairs.firstIndex { $0.key == key }
    }

    @inlinable
    mutating func append(_ key: Key, _ value: Value) {
        pairs.append(Pair(key: key, value: value))
        if pairs.count > Self.indexedFrom {
            index[key] = pairs.count - 1
        } else if pairs.count == Self.indexedFrom {
            rebuildIndex()
        }
    }

    @usableFromInline
    mutating func remove(_ key: Key) {
        guard let position = position(of: key) else { return }
        pairs.remove(at: position)
        rebuildIndex()
    }

    @usableFromInline
    mutating func rebuildIndex() {
        index = [:]
        guard pairs.count >= Self.indexedFrom else { return }
        for (position, pair) in pairs.enumerated() { index[pair.key] = position }
    }
}

extension WireMap: RandomAccessCollection {
    /// The position of the first pair.
    @inlinable
    public var startIndex: Int { 0 }

    /// The position behind the last pair.
    @inlinable
    public var endIndex: Int { pairs.count }

    /// The pair at a position.
    @inlinable
    public subscript(position: Int) -> Pair { pairs[position] }

    /// The keys, in order.
    public var keys: [Key] { pairs.map(\.key) }

    /// The values, in the order of their keys.
    public var values: [Value] { pairs.map(\.value) }
}

extension WireMap: ExpressibleByDictionaryLiteral {
    /// A map of these pairs; of equal keys the last one wins.
    public init(dictionaryLiteral elements: (Key, Value)...) { self.init(elements) }
}

extension WireMap: Hashable {
    /// Whether both hold the same pairs, in whatever order.
    public static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.pairs.allSatisfy { right[$0.key] == $0.value }
    }

    /// Feeds the pairs to the hasher, whatever their order.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for pair in pairs { sum &+= pair.hashValue }
        hasher.combine(sum)
        hasher.combine(pairs.count)
    }
}
