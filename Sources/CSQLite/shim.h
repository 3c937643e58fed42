#pragma once
#include <sqlite3.h>

/// Turns off the counting of SQLite's memory, whose lock every allocation of every thread would take.
///
/// Before anything else of SQLite's is used in the process; later it does nothing.
static inline int remit_sqlite_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
