extension CommitJournal {
    /// The names of the segments' files.
    static let names = ["commits-0.journal", "commits-1.journal"]

    /// Opens a data directory's journal, and makes its files where they aren't there.
    ///
    /// After ``JournalRecovery/run(in:options:pathOf:)``: ``StorageError/Code/exists`` where there are records that may
    /// have to be done again. Tenants' files lie on the same file system as the folder.
    package static func open(
        in folder: String, options: JournalOptions = JournalOptions()
    ) throws(StorageError) -> CommitJournal {
        // Opened before anything is written: what fails from then on is told by a sync.
        let synced = try SyncedFolder(folder, options)
        var files: [JournalFile] = []
        for name in names { files.append(try JournalFile(path: folder + "/" + name)) }
        return try open(files, options, synced)
    }

    static func open(
        _ files: [JournalFile], _ options: JournalOptions, _ folder: SyncedFolder
    ) throws(StorageError) -> CommitJournal {
        options.check()
        var generation: UInt64 = 0
        for file in files {
            let scan = try SegmentScan(of: file)
            guard scan.records.isEmpty, scan.damage == nil else {
                let damage = scan.damage.map { ", and is damaged: \($0.rawValue)" } ?? ""
                throw StorageError(
                    .exists,
                    message: "The journal has \(scan.records.count) records that tenants' files may lack\(damage).")
            }
            generation = max(generation, scan.header?.generation ?? 0)
        }
        var segments: [JournalSegment] = []
        for file in files { segments.append(try JournalSegment(file, options)) }
        // The free one first, so that the active one's generation is the highest.
        for segment in segments.reversed() {
            generation += 1
            try segment.begin(generation)
        }
        return CommitJournal(segments: segments, generation: generation, options: options, folder: folder)
    }
}
