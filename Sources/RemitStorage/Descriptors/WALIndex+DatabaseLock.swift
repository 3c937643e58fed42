internal import CSQLite

extension WALIndex {
    /// Has the database file locked by a ``DatabaseLock``, and asked where it is.
    static func setLock(of methods: inout sqlite3_io_methods) {
        methods.xLock = { file, level in
            guard let file else { return SQLITE_MISUSE }
            return WALIndex.of(file).databaseLock.lock(level)
        }
        methods.xUnlock = { file, level in
            guard let file else { return SQLITE_MISUSE }
            return WALIndex.of(file).databaseLock.unlock(level)
        }
        methods.xCheckReservedLock = { file, answer in
            guard let file, let answer else { return SQLITE_MISUSE }
            return WALIndex.of(file).databaseLock.isReserved(answer)
        }
        methods.xFileControl = { file, operation, argument in
            guard let file else { return SQLITE_MISUSE }
            let index = WALIndex.of(file)
            guard operation == SQLITE_FCNTL_HAS_MOVED, let argument else {
                return index.inner.pointee.xFileControl(file, operation, argument)
            }
            argument.storeBytes(of: index.databaseLock.hasMoved ? 1 : 0, as: Int32.self)
            return SQLITE_OK
        }
    }
}
