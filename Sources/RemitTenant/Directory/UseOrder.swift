/// Elements by last use, and which of them rest: those that weren't used for a whole period.
///
/// Each use costs the same however many there are; a period's end costs as much as it sends to rest.
struct UseOrder<Element> {
    /// An element's place; valid until it is removed, or moved, of which one is told.
    struct Place: Hashable {
        fileprivate var list: Int
        fileprivate var place: RecencyList<Element>.Place
    }

    /// Where those are who rest; the other two lists take turns.
    private static var resting: Int { 2 }

    /// Used in this period; used in the one before, and not since; resting.
    private var lists = [RecencyList<Element>(), RecencyList<Element>(), RecencyList<Element>()]
    /// Which of the first two is this period's.
    private var present = 0

    /// The longest unused.
    var oldest: Element? { lists[Self.resting].oldest ?? lists[1 - present].oldest ?? lists[present].oldest }

    /// How many rest.
    var restingCount: Int { lists[Self.resting].count }

    /// Adds an element as the one used last.
    mutating func insert(_ element: Element) -> Place {
        Place(list: present, place: lists[present].insert(element))
    }

    /// Makes an element the one used last; its new place, if that is another.
    mutating func touch(_ place: Place) -> Place? {
        guard place.list != present else {
            lists[present].touch(place.place)
            return nil
        }
        return insert(lists[place.list].remove(place.place))
    }

    mutating func remove(_ place: Place) {
        lists[place.list].remove(place.place)
    }

    /// Ends a period: who was last used before it began rests from now on, with this place.
    mutating func endPeriod() -> [(Element, Place)] {
        let past = 1 - present
        var moved: [(Element, Place)] = []
        moved.reserveCapacity(lists[past].count)
        while let element = lists[past].removeOldest() {
            moved.append((element, Place(list: Self.resting, place: lists[Self.resting].insert(element))))
        }
        present = past
        return moved
    }
}
