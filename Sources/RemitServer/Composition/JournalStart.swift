import Logging
import RemitDomain
import RemitStorage

/// What a start does with the journal that was left, and what operators are told of it.
enum JournalStart {
    /// Gives tenants' files what they have lost with the power, before any is opened, and opens the journal.
    ///
    /// Also returns who isn't to be served. Throws where nobody may be.
    static func open(
        in directory: DataDirectory, _ logger: Logger
    ) throws(StorageError) -> (CommitJournal, KeptCommits) {
        let found = try JournalRecovery.run(in: directory.path, pathOf: directory.tenantPath)
        if found.applied > 0 {
            logger.notice(
                "Commits were done again that tenants' files had lost",
                metadata: ["commits": "\(found.applied)", "tenants": "\(found.healed)"])
        }
        for skipped in found.skipped {
            logger.error(
                "A tenant isn't served: its file lacks commits that were answered, and they can't be done again",
                metadata: [
                    "tenant": "\(skipped.tenant.text)", "commits": "\(skipped.records)", "error": "\(skipped.message)",
                    "remedy": "\(skipped.remedy)",
                ])
        }
        for (file, damage) in found.damage.sorted(by: { $0.key < $1.key }) {
            throw StorageError(
                .corrupt,
                message: "The journal \(directory.path)/\(file) is damaged (\(damage)): with it commits may be lost"
                    + " that were answered, of tenants that nobody knows. What could be read was done again, and the file is as"
                    + " it was. Put it back as it should be; or, to serve all tenants with what their files have, move it"
                    + " away.")
        }
        return (try CommitJournal.open(in: directory.path), try KeptCommits(in: directory.path))
    }
}
