/// How large one tenant's page cache may be: small at first, and larger while it is full and misses, as far as the budget
/// of all tenants goes.
struct PageCacheShare: ~Copyable {
    /// What every open tenant has, budget or not: the upper levels of a small tenant's b-trees.
    static var firstKibibytes: Int { 256 }
    /// What a hot tenant has at most.
    static var largestKibibytes: Int { 64 * 1_024 }
    /// A step's factor: few steps from the first to the largest.
    static var growth: Int { 4 }
    /// Pages that weren't in the cache when they were wanted, before one judges by them.
    static var missesMin: Int { 64 }
    /// One page wanted in so many must be missed for a full cache to be too small: a get wants four, and rarer misses cost
    /// it little.
    static var wantedPerMiss: Int { 64 }

    private(set) var kibibytes = firstKibibytes
    private let budget: PageCacheBudget
    private var hits = 0
    private var misses = 0

    init(of budget: PageCacheBudget) {
        self.budget = budget
    }

    /// Takes in what the cache holds, and how many pages it had and hadn't since the last look.
    ///
    /// True: it may be larger now.
    mutating func look(bytes: Int, hits: Int, misses: Int) -> Bool {
        self.hits += hits
        self.misses += misses
        guard self.misses >= Self.missesMin else { return false }
        let wanted = self.hits + self.misses
        let isTooSmall = self.misses * Self.wantedPerMiss >= wanted && bytes >= kibibytes * 1_024 / 10 * 9
        (self.hits, self.misses) = (0, 0)
        guard isTooSmall, kibibytes < Self.largestKibibytes else { return false }
        let larger = min(kibibytes * Self.growth, Self.largestKibibytes)
        guard budget.take(larger - kibibytes) else { return false }
        kibibytes = larger
        return true
    }

    /// Gives back all but the first part.
    ///
    /// True: it must be smaller now.
    mutating func shrink() -> Bool {
        guard kibibytes > Self.firstKibibytes else { return false }
        budget.giveBack(kibibytes - Self.firstKibibytes)
        kibibytes = Self.firstKibibytes
        return true
    }

    deinit {
        budget.giveBack(kibibytes - Self.firstKibibytes)
    }
}
