internal import Dispatch
internal import RemitDomain
import Synchronization

/// Tenants whose files may lack commits, looked after by several threads: a start isn't to take so much longer the more
/// tenants wrote.
final class ReplayQueue: Sendable {
    struct Job: Sendable {
        var tenant: TenantID
        var path: String
        var replay: TenantReplay
    }

    private struct Progress {
        var outcomes: [Int: TenantReplay.Outcome] = [:]
        var failure: StorageError?
    }

    private let jobs: [Job]
    /// The segments' files; each thread reads them through its own descriptors.
    private let paths: [String]
    private let next = Atomic<Int>(0)
    private let progress = Mutex(Progress())

    init(_ jobs: [Job], segments paths: [String]) {
        self.jobs = jobs
        self.paths = paths
    }

    /// Looks after all of them, on so many threads at most, and returns what has become of each.
    func run(threads: Int) throws(StorageError) -> [TenantReplay.Outcome] {
        DispatchQueue.concurrentPerform(iterations: min(threads, jobs.count)) { _ in work() }
        let progress = progress.withLock { $0 }
        if let failure = progress.failure { throw failure }
        return jobs.indices.compactMap { progress.outcomes[$0] }
    }

    private func work() {
        do throws(StorageError) {
            var segments: [FileWindow] = []
            for path in paths { segments.append(try FileWindow(JournalFile(path: path), ahead: 0)) }
            while let index = take() {
                let outcome = try jobs[index].replay.run(on: jobs[index].path, segments: segments)
                progress.withLock { $0.outcomes[index] = outcome }
            }
        } catch {
            progress.withLock { $0.failure = $0.failure ?? error }
        }
    }

    /// Nil: none is left, or somebody has failed.
    private func take() -> Int? {
        guard progress.withLock({ $0.failure == nil }) else { return nil }
        let index = next.add(1, ordering: .relaxed).oldValue
        return index < jobs.count ? index : nil
    }
}
