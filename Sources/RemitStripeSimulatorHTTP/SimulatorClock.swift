import Foundation
package import RemitDomain

/// The system's time.
package struct SimulatorClock: WallClock {
    package init() {}

    package func now() -> Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
