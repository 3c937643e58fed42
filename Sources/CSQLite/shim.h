#pragma once
#include <sqlite3.h>
#include <stddef.h>

/// Turns off the counting of SQLite's memory, whose lock every allocation of every thread would take, and the page
/// caches' first pieces, of 20 pages each however few are used.
///
/// Before anything else of SQLite's is used in the process; later it does nothing.
static inline int remit_sqlite_configure(void) {
    int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return code == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0) : code;
}

/// `PRAGMA foreign_keys = OFF` and `PRAGMA trusted_schema = OFF`, without statements to be prepared.
static inline int remit_sqlite_harden(sqlite3 *connection) {
    int code = sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
    return code == SQLITE_OK ? sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) : code;
}

/// Has the last connection's close leave the WAL as it is: nothing is copied back, nothing is synced.
static inline int remit_sqlite_keep_log(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

/// The system's `syncfs`, which Swift's Glibc doesn't show.
static inline int remit_syncfs(int descriptor) {
    extern int syncfs(int);
    return syncfs(descriptor);
}

/// Asks the processor for memory that is written soon; what isn't there does no harm.
static inline void remit_prefetch(const void *start, size_t size) {
    const char *address = (const char *)start;
    for (size_t offset = 0; offset < size; offset += 64) __builtin_prefetch(address + offset, 1, 3);
}
