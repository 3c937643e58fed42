/// How large one tenant's page cache may be.
///
/// Small at first, and larger while it is full and misses, as far as the budget of all tenants goes; where that brings
/// little, it goes back to the smallest size that does nearly as well.
///
/// What a cache misses, the system's own has: a miss costs a call of the system's and a copy. A large cache costs as
/// much where it is no help: the page that makes room has been left alone for longest, so that all of it comes from the
/// memory, and nothing from the processor's caches.
struct PageCacheShare: ~Copyable {
    /// What every open tenant has, budget or not: the upper levels of a small tenant's b-trees.
    static var firstKibibytes: Int { 256 }
    /// What a hot tenant has at most.
    static var largestKibibytes: Int { 64 * 1_024 }
    /// A step's factor: few steps from the first to the largest.
    static var growth: Int { 4 }
    /// Pages that weren't in the full cache when they were wanted, before one judges by them: within some per cent.
    static var missesMin: Int { 1_024 }
    /// One page wanted in so many must be missed for a full cache to be too small: a get wants four, and rarer misses cost
    /// it little.
    static var wantedPerMiss: Int { 64 }
    /// A smaller cache does nearly as well when it misses at most so many times as often as the largest that was tried.
    static var missesWorthSize: Double { 2 }
    /// Pages wanted before a larger cache is tried again: a minute and more of nothing but reads, and to fill 64 MiB takes
    /// some hundredths of a second.
    static var wantedPerTrial: Int { 1 << 26 }

    private(set) var kibibytes = firstKibibytes
    private let budget: PageCacheBudget
    private var hits = 0
    private var misses = 0
    /// The smaller sizes since the last trial began, and what part of the pages that were wanted each missed when full.
    private var tried: [(kibibytes: Int, missed: Double)] = []
    /// Pages to be wanted before the next trial.
    private var wantedUntilTrial = 0

    init(of budget: PageCacheBudget) {
        self.budget = budget
    }

    /// Takes in what the cache holds, and how many pages it had and hadn't since the last look.
    ///
    /// True: its size is another now.
    mutating func look(bytes: Int, hits: Int, misses: Int) -> Bool {
        guard wantedUntilTrial <= 0 else {
            wantedUntilTrial -= hits + misses
            return false
        }
        guard bytes >= kibibytes * 1_024 / 10 * 9 else {
            // What a cache misses while it fills says nothing of its size.
            (self.hits, self.misses) = (0, 0)
            return false
        }
        self.hits += hits
        self.misses += misses
        guard self.misses >= Self.missesMin else { return false }
        let missed = Double(self.misses) / Double(self.hits + self.misses)
        (self.hits, self.misses) = (0, 0)
        guard missed * Double(Self.wantedPerMiss) >= 1 else {
            tried = []
            return false
        }
        return grow(missed) || settle(missed)
    }

    /// False: it is the largest, or the budget has no more.
    private mutating func grow(_ missed: Double) -> Bool {
        guard kibibytes < Self.largestKibibytes else { return false }
        let larger = min(kibibytes * Self.growth, Self.largestKibibytes)
        guard budget.take(larger - kibibytes) else { return false }
        tried.append((kibibytes, missed))
        kibibytes = larger
        return true
    }

    /// Goes back to the smallest size that did nearly as well; false: none did.
    private mutating func settle(_ missed: Double) -> Bool {
        guard let best = tried.first(where: { $0.missed <= missed * Self.missesWorthSize }) else { return false }
        budget.giveBack(kibibytes - best.kibibytes)
        kibibytes = best.kibibytes
        tried = []
        wantedUntilTrial = Self.wantedPerTrial
        return true
    }

    /// Gives back all but the first part.
    ///
    /// True: it must be smaller now.
    mutating func shrink() -> Bool {
        tried = []
        wantedUntilTrial = 0
        (hits, misses) = (0, 0)
        guard kibibytes > Self.firstKibibytes else { return false }
        budget.giveBack(kibibytes - Self.firstKibibytes)
        kibibytes = Self.firstKibibytes
        return true
    }

    deinit {
        budget.giveBack(kibibytes - Self.firstKibibytes)
    }
}
