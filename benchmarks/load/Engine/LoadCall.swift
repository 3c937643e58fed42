import RemitRPC

/// What goes out for one call.
struct LoadCall: Sendable {
    var method: MethodDescriptor
    /// The request, encoded.
    var request: [UInt8]
    var options: CallOptions
}

/// What came back.
struct LoadAnswer: Sendable {
    /// The response, encoded.
    var message: [UInt8]
    var info: ResponseInfo
}
