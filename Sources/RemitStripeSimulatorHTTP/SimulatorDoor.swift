import Foundation
import Hummingbird
import NIOCore
import RemitStripe
import RemitStripeSimulator

/// Turns HTTP requests into exchanges of the books, and the books' answers into responses.
struct SimulatorDoor: Sendable {
    /// Stripe refuses larger forms long before.
    static let bodySizeMax = 1 << 20

    let books: SimulatorBooks
    let lostAnswerMilliseconds: Int
    /// Told after each effect, before the answer leaves: events overtake answers, as Stripe's do.
    let eventsOccurred: @Sendable ([EventDelivery]) -> Void

    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        /// For breaking the connection.
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            channel = source.channel
        }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        if request.uri.path == "/_books" {
            return Self.response(200, [:], books.summary().json.serialized(pretty: true))
        }
        guard let method = StripeMethod(rawValue: request.method.rawValue) else {
            return Self.refusal(405, "The method isn't one of Stripe's API.")
        }
        guard let body = try? await request.body.collect(upTo: Self.bodySizeMax) else {
            return Self.refusal(413, "The body is too large.")
        }
        let headers = Dictionary(
            request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 })
        let exchange = books.begin(
            StripeHTTPRequest(
                method: method, target: request.uri.string, body: Array(body.readableBytesView),
                version: headers["stripe-version"] ?? StripeVersion.pinned,
                secretKey: StripeSecret(Self.key(fromAuthorization: headers["authorization"] ?? "")),
                idempotencyKey: headers["idempotency-key"], connectedAccount: headers["stripe-account"]))
        defer { books.finish(exchange) }
        eventsOccurred(books.takeDeliveries())
        if exchange.delayMilliseconds > 0 { try await Task.sleep(for: .milliseconds(exchange.delayMilliseconds)) }
        switch exchange.result {
        case .response(let response):
            return Self.response(response.status, response.headers, response.body)
        case .failed(.timedOut):
            try await Task.sleep(for: .milliseconds(lostAnswerMilliseconds))
            return try await broken(context)
        case .failed(.couldNotConnect), .failed(.connectionLost), .failed(.responseTooLarge):
            return try await broken(context)
        }
    }

    /// Closes the connection; what is returned reaches nobody.
    private func broken(_ context: Context) async throws -> Response {
        try? await context.channel.close().get()
        return Self.refusal(500, "The connection is broken.")
    }

    private static func refusal(_ status: Int, _ message: String) -> Response {
        let body: JSONValue = ["error": ["type": "invalid_request_error", "message": .string(message)]]
        return response(status, [:], body.serialized())
    }

    private static func response(_ status: Int, _ headers: [String: String], _ body: [UInt8]) -> Response {
        var fields: HTTPFields = [.contentType: "application/json"]
        // Hummingbird writes the date, by the same clock.
        for (name, value) in headers where name != "date" && name != "content-type" {
            guard let name = HTTPFields.Element.Name(name) else { continue }
            fields[name] = value
        }
        return Response(
            status: .init(code: status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// The key of `Bearer <key>`, or of `Basic`, where it is the name before the colon.
    private static func key(fromAuthorization header: String) -> String {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return "" }
        if parts[0].lowercased() == "bearer" { return String(parts[1]) }
        guard parts[0].lowercased() == "basic", let data = Data(base64Encoded: String(parts[1])) else { return "" }
        return String(decoding: data, as: UTF8.self).split(separator: ":").first.map(String.init) ?? ""
    }
}
