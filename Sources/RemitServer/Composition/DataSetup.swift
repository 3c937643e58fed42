package import RemitDomain
import RemitStorage

/// Makes a data directory: control.sqlite, sealed to the master key, and an admin principal.
package enum DataSetup {
    /// Makes `path` ready to be served; the admin's API key, shown this once.
    ///
    /// Refused where it is ready already. One that was cut short is finished.
    package static func initialize(
        _ path: String, masterKey: [UInt8], clock: any WallClock = SystemClock()
    ) throws(StartupError) -> String {
        do throws(StorageError) {
            let directory = try DataDirectory(path: path, creates: true)
            let seal = try SecretSeal(masterKey: masterKey)
            let database = try openOrCreate(directory, seal, clock.now())
            defer { database.close() }
            var ids = IdentifierGenerator(clock: clock, randomness: SystemRandomness())
            var generator = SystemRandomNumberGenerator()
            let key = APIKey.make(using: &generator)
            let adminID: PrincipalID = ids.next()
            let isDone = try database.transaction { transaction throws(StorageError) -> Bool in
                guard !(try transaction.snapshot().principals.values.contains { $0.isAdmin }) else { return true }
                let admin = PrincipalRecord(id: adminID, name: "admin", isAdmin: true)
                try transaction.insert(admin, at: clock.now())
                try transaction.insert(key, of: admin.id, at: clock.now())
                return false
            }
            guard !isDone else {
                throw StorageError(
                    .exists, message: "\(path) is a data directory already. Serve it, or choose another with --data.")
            }
            return key.text
        } catch {
            throw StartupError(error.message)
        }
    }

    private static func openOrCreate(
        _ directory: DataDirectory, _ seal: SecretSeal, _ now: Timestamp
    ) throws(StorageError) -> ControlDatabase {
        do throws(StorageError) {
            return try ControlDatabase.create(path: directory.controlPath, seal: seal, at: now)
        } catch {
            guard error.code == .exists else { throw error }
            return try ControlDatabase.open(path: directory.controlPath, seal: seal)
        }
    }
}
