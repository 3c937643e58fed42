package import NIOCore
package import RemitFrame

/// Time limits and sizes that a transport holds its peers to; tests give shorter ones.
package struct TransportLimits: Sendable {
    /// What a connection's frames are judged by.
    package var connection = ConnectionLimits()
    /// TLS, magic and Hello: an honest client needs three round trips.
    package var opening = TimeAmount.seconds(5)
    /// A frame that has begun: 32 KiB in this time is slower than any working line.
    package var frame = TimeAmount.seconds(15)
    /// A request's message, from its REQUEST to its last DATA: as long as the longest call.
    package var message = TimeAmount.seconds(60)
    /// Bytes of a credential: a signed token, with room to spare.
    package var credentialSizeMax = 1_024
    /// Bytes of a client's name for logs.
    package var agentSizeMax = 128
    /// Silence after which a PING is sent.
    package var keepalive = TimeAmount.seconds(60)
    /// How long its PONG, or any other byte, may take.
    package var pong = TimeAmount.seconds(20)
    /// Bytes that may wait to be read by the peer.
    package var outboundSizeMax = 1 << 20
    /// How long more than that may wait.
    package var outboundStall = TimeAmount.seconds(30)
    /// How long running calls have when the server goes away: under the 30 s that orchestrators grant.
    package var drain = TimeAmount.seconds(25)
    /// How long a draining connection waits for the word that no further request crosses its GOAWAY: a slow round trip.
    package var crossing = TimeAmount.seconds(1)
    /// How long a connection that is closed may take to write its last bytes and for TLS's farewell.
    package var farewell = TimeAmount.seconds(2)
    /// Bytes of incomplete messages in the whole process.
    package var reassemblySizeMax = 256 << 20
    /// What a caller waits beyond its deadline for the server's own word, which knows whether the call ran.
    package var answerGrace = TimeAmount.milliseconds(200)
    /// Connections at once; a server takes fewer where the system grants it less than 40,000 descriptors.
    package var connectionsMax = 10_000

    /// The protocol's defaults.
    package init() {}
}
