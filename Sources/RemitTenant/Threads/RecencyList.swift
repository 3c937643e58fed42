/// Elements by last use, in constant time: a linked list in an array.
struct RecencyList<Element> {
    /// An element's place; valid until it is removed.
    struct Place: Hashable {
        fileprivate let index: Int
    }

    private struct Node {
        var element: Element?
        var older: Int
        var newer: Int
    }

    private static var none: Int { -1 }

    private var nodes: [Node] = []
    private var free: [Int] = []
    private var oldestIndex = none
    private var newestIndex = none

    var isEmpty: Bool { oldestIndex == Self.none }
    var count: Int { nodes.count - free.count }

    /// The longest unused.
    var oldest: Element? { isEmpty ? nil : nodes[oldestIndex].element }

    /// Adds an element as the one used last.
    mutating func insert(_ element: Element) -> Place {
        let index: Int
        if let reused = free.popLast() {
            index = reused
            nodes[index] = Node(element: element, older: Self.none, newer: Self.none)
        } else {
            index = nodes.count
            nodes.append(Node(element: element, older: Self.none, newer: Self.none))
        }
        link(index)
        return Place(index: index)
    }

    /// Makes an element the one used last.
    mutating func touch(_ place: Place) {
        guard place.index != newestIndex else { return }
        unlink(place.index)
        link(place.index)
    }

    @discardableResult
    mutating func remove(_ place: Place) -> Element {
        guard let element = nodes[place.index].element else {
            preconditionFailure("An element was removed from a recency list twice.")
        }
        unlink(place.index)
        nodes[place.index].element = nil
        free.append(place.index)
        return element
    }

    /// Removes the longest unused; nil: there is none.
    mutating func removeOldest() -> Element? {
        isEmpty ? nil : remove(Place(index: oldestIndex))
    }

    private mutating func link(_ index: Int) {
        nodes[index].older = newestIndex
        nodes[index].newer = Self.none
        if newestIndex == Self.none { oldestIndex = index } else { nodes[newestIndex].newer = index }
        newestIndex = index
    }

    private mutating func unlink(_ index: Int) {
        let node = nodes[index]
        if node.older == Self.none { oldestIndex = node.newer } else { nodes[node.older].newer = node.newer }
        if node.newer == Self.none { newestIndex = node.older } else { nodes[node.newer].older = node.older }
    }
}
