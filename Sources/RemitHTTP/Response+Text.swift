import Hummingbird

extension Response {
    /// A short text in UTF-8.
    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPFields {
    /// The value of `Stripe-Signature`.
    var stripeSignature: String? {
        first { $0.name.canonicalName == "stripe-signature" }?.value
    }
}
