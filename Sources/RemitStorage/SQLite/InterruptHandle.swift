internal import CSQLite
internal import Synchronization

/// Stops what a connection is running, from any thread; does nothing once the connection is closed.
package final class InterruptHandle: Sendable {
    /// The connection's address; 0 when closed.
    ///
    /// The lock keeps a close from passing an interrupt.
    private let connection: Mutex<UInt>

    init(_ connection: OpaquePointer) {
        self.connection = Mutex(UInt(bitPattern: connection))
    }

    /// The statements that run now fail with ``StorageError/Code/interrupted``.
    package func interrupt() {
        connection.withLock { address in
            guard let pointer = OpaquePointer(bitPattern: address) else { return }
            sqlite3_interrupt(pointer)
        }
    }

    func close() {
        connection.withLock { $0 = 0 }
    }
}
