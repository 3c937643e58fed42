package import RemitDomain
internal import Synchronization

/// Commits that were answered and that their tenants' files can't be given now, each tenant's in files of their own.
///
/// `commits-kept/TENANT.NUMBER.journal` beside the journal, each in a segment's form. While a tenant has one it isn't
/// served: each of its openings tries to do the commits again, and removes them when its file has them. An operator who
/// removes them accepts that they are lost.
package final class KeptCommits: Sendable {
    static let folderName = "commits-kept"
    private static let suffix = ".journal"

    private let folder: String
    private let roundBytesMax: Int
    private let refused: Mutex<Set<TenantID>>

    /// Of a data directory, whether or not it has any; a round of what is kept has so many bytes, or a record.
    package init(
        in directory: String, roundBytesMax: Int = JournalOptions().bufferedBytesMax
    ) throws(StorageError) {
        self.roundBytesMax = roundBytesMax
        folder = directory + "/" + Self.folderName
        refused = Mutex(Set(try Self.found(in: folder).map(\.tenant)))
    }

    /// Tenants that aren't served.
    package var tenants: Set<TenantID> { refused.withLock { $0 } }

    /// Before a tenant's file is opened: does again what is kept for it, if anything is.
    ///
    /// Throws where that can't be done: the tenant isn't to be served.
    package func settle(_ tenant: TenantID, on path: String) throws(StorageError) {
        guard refused.withLock({ $0.contains(tenant) }) else { return }
        let (outcome, records) = try redo(tenant, on: path)
        guard case .skipped(_, let message) = outcome else { return }
        throw StorageError(
            .missing, message: "\(records) commits that were answered can't be done again: \(message) \(remedy(tenant))"
        )
    }

    /// What an operator can do for a tenant that isn't served.
    func remedy(_ tenant: TenantID) -> String {
        "Put the file back that they were made in; or remove \(folder)/\(tenant.text).*\(Self.suffix) to serve the"
            + " tenant without them, which are lost then."
    }

    /// Does again what is kept for a tenant, makes that durable, and removes it; also says how many records there are.
    ///
    /// Throws where what is kept can't be read, or the disk is full.
    func redo(_ tenant: TenantID, on path: String) throws(StorageError) -> (TenantReplay.Outcome, records: Int) {
        let files = try files(of: tenant)
        var windows: [FileWindow] = []
        var records: [TenantReplay.Record] = []
        var texts: [[UInt16: String]] = []
        for (place, name) in files.enumerated() {
            let file = try JournalFile(path: name)
            let scan = try SegmentScan(of: file)
            guard scan.damage == nil, !scan.records.isEmpty, scan.records.allSatisfy({ $0.tenant == tenant }) else {
                return (.skipped(.unreadable, "\(name) is damaged."), records.count)
            }
            windows.append(try FileWindow(file, ahead: 0))
            records += scan.records.map { TenantReplay.Record(segment: place, place: $0) }
            texts.append(scan.texts)
        }
        if !files.isEmpty {
            let outcome = try TenantReplay(records: records, texts: texts).run(on: path, segments: windows)
            guard case .applied = outcome else { return (outcome, records.count) }
            // What the file has needn't be durable: a process that was killed left it to the system.
            for path in [path, path + "-wal"] where FileSystem.exists(path) { try FileSystem.synchronize(file: path) }
            try remove(tenant)
            return (outcome, records.count)
        }
        // Somebody has removed them.
        refused.withLock { _ = $0.remove(tenant) }
        return (.applied(0), 0)
    }

    /// Keeps a tenant's records of the journal, durably; those that are kept already aren't kept twice.
    func keep(_ replay: TenantReplay, of tenant: TenantID, segments: [FileWindow]) throws(StorageError) {
        let files = try files(of: tenant)
        var newest: Int64 = 0
        for name in files {
            newest = max(newest, try SegmentScan(of: JournalFile(path: name)).records.last?.newest ?? 0)
        }
        let records = replay.records.filter { $0.place.newest > newest }
        if !records.isEmpty {
            try FileSystem.makeDirectory(folder)
            try FileSystem.synchronize(directoryOf: folder)
            let number = (try Self.found(in: folder).filter { $0.tenant == tenant }.map(\.number).max() ?? 0) + 1
            let path = "\(folder)/\(tenant.text).\(number)\(Self.suffix)"
            let part = path + ".part"
            try FileSystem.remove(part)
            try write(records, texts: replay.texts, of: tenant, from: segments, to: part)
            try FileSystem.rename(part, to: path)
            try FileSystem.synchronize(directoryOf: path)
        }
        refused.withLock { _ = $0.insert(tenant) }
    }

    /// Forgets what is kept for a tenant, durably; harmless where nothing is.
    func remove(_ tenant: TenantID) throws(StorageError) {
        let files = try files(of: tenant)
        for file in files { try FileSystem.remove(file) }
        if !files.isEmpty { try FileSystem.synchronize(directory: folder) }
        refused.withLock { _ = $0.remove(tenant) }
    }

    // MARK: Files

    private func files(of tenant: TenantID) throws(StorageError) -> [String] {
        try Self.found(in: folder).filter { $0.tenant == tenant }.sorted { $0.number < $1.number }
            .map { "\(folder)/\(tenant.text).\($0.number)\(Self.suffix)" }
    }

    private static func found(in folder: String) throws(StorageError) -> [(tenant: TenantID, number: Int)] {
        try FileSystem.names(in: folder).compactMap { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, name.hasSuffix(suffix), let number = Int(parts[1]), number > 0 else { return nil }
            var id = String(parts[0])
            guard id.withUTF8({ JournalEntry.isName(UnsafeRawBufferPointer($0)) }) else { return nil }
            return (TenantID(id), number)
        }
    }

    private func write(
        _ records: [TenantReplay.Record], texts: [[UInt16: String]], of tenant: TenantID, from segments: [FileWindow],
        to path: String
    ) throws(StorageError) {
        // Both segments are one process's, and so are their texts' numbers.
        let known = texts.reduce(into: [:]) { known, some in known.merge(some) { $1 } }
        let list = (0..<(known.keys.max().map { Int($0) + 1 } ?? 0)).map { known[UInt16($0)] ?? "" }
        var options = JournalOptions()
        options.growthBytes = JournalFrame.sectorBytes
        options.texts = JournalTexts(count: { list.count }, texts: { Array(list[$0...]) })
        let file = try JournalFile(path: path)
        defer { file.close() }
        let segment = try JournalSegment(file, options)
        try segment.begin(1)
        let buffer = RoundBuffer()
        var id = tenant.text
        for record in records {
            if buffer.payloadBytes > roundBytesMax {
                _ = try segment.write(buffer)
                buffer.clear()
            }
            let executions = try record.executions(in: segments)
            id.withUTF8 { id in
                buffer.append(executions, tenant: id, base: record.place.base, newest: record.place.newest)
            }
        }
        _ = try segment.write(buffer)
    }
}
