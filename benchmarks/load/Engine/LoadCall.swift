import RemitRPC
import RemitWire

/// What goes out for one call.
struct LoadCall: Sendable {
    var method: MethodDescriptor
    var request: any Message
    var options: CallOptions
}
