package import NIOCore

/// What an ``HTTPListener`` holds its peers to; tests give other ones.
package struct HTTPLimits: Sendable {
    /// Within which a request must be whole and answered, from its first part, or from the connection's start.
    package var request = TimeAmount.seconds(15)
    /// After which a connection without traffic is closed: Stripe keeps idle connections for less.
    package var idle = TimeAmount.seconds(60)
    /// How long the peer of a connection that is closed may take to answer TLS's farewell: some round trips.
    package var farewell = TimeAmount.seconds(1)
    /// Connections at once; more wait in the system's queue.
    ///
    /// With the largest body each, they hold 256 MiB.
    package var connectionsMax = 1_024

    /// The defaults.
    package init() {}
}
