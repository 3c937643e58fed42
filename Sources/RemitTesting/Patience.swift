import Foundation

/// How much longer tests wait than usual, where a real clock must run out.
package enum Patience {
    /// 1, or what REMIT_PATIENCE says: `make sanitize` runs everything some ten times slower.
    package static let factor = ProcessInfo.processInfo.environment["REMIT_PATIENCE"].flatMap(Int.init) ?? 1
}
