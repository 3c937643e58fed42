internal import Dispatch

/// Where a journal waits for what takes long: one after another, on no thread that has anything else to do.
enum BackgroundThread {
    private static let queue = DispatchQueue(label: "remit.journal")

    static func run(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }
}
