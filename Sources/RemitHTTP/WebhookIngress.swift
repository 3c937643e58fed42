import Hummingbird
import NIOCore
package import RemitDomain
import RemitStripe

/// `POST /webhooks/stripe/{tenant}`: judges the raw bytes' signature, stores the event, then answers.
package struct WebhookIngress: Sendable {
    /// Largest body in bytes.
    ///
    /// Stripe's events are a few KiB; 256 KiB leaves room for the largest objects.
    package static let bodySizeMax = 256 * 1024

    package let counters: WebhookCounters
    private let desk: any WebhookDesk
    private let clock: any WallClock

    package init(desk: any WebhookDesk, clock: any WallClock, counters: WebhookCounters = WebhookCounters()) {
        self.desk = desk
        self.clock = clock
        self.counters = counters
    }

    /// The ingress's one route.
    package func router() -> RouterBuilder {
        let router = Router()
        router.post("/webhooks/stripe/:tenant") { request, context in
            await receive(request, tenant: context.parameters.get("tenant") ?? "")
        }
        return RouterBuilder(router: router)
    }

    private func receive(_ request: Request, tenant: String) async -> Response {
        guard !desk.isDraining else { return answer(.unavailable) }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.bodySizeMax {
            return answer(.tooLarge)
        }
        let body: [UInt8]
        do {
            body = Array(buffer: try await request.body.collect(upTo: Self.bodySizeMax))
        } catch is NIOTooManyBytesError {
            return answer(.tooLarge)
        } catch {
            // It didn't come whole, which is no fault of the event's.
            return answer(.unavailable)
        }
        let header = request.headers.stripeSignature ?? ""
        return answer(await judge(body, header: header, tenant: tenant))
    }

    /// What becomes of a request with this body and signature.
    package func judge(_ body: [UInt8], header: String, tenant: String) async -> WebhookCounters.Outcome {
        let endpoint: WebhookEndpoint
        switch desk.addressee(named: tenant) {
        case .endpoint(let known): endpoint = known
        case .nobody: return .refused
        case .notKnownYet: return .unavailable
        }
        do throws(WebhookSignature.Rejection) {
            try WebhookSignature.verify(header: header, body: body, secrets: endpoint.secrets, now: clock.now())
        } catch {
            return .refused
        }
        let webhook: ReceivedWebhook
        do throws(MalformedEvent) {
            webhook = try endpoint.processor.received(webhook: body)
        } catch {
            return .malformed
        }
        guard webhook.event.livemode == endpoint.livemode else { return .otherMode }
        guard webhook.event.account == nil else { return .otherAccount }
        do throws(PaymentError) {
            try await desk.store(webhook, for: endpoint.tenant)
            return .accepted
        } catch {
            return .unavailable
        }
    }

    /// Bad signatures and unknown tenants get the same answer, so that nobody learns which tenants there are.
    private func answer(_ outcome: WebhookCounters.Outcome) -> Response {
        counters.count(outcome)
        return switch outcome {
        case .accepted, .otherMode, .otherAccount: .text(.ok, "ok\n")
        case .refused: .text(.badRequest, "The signature doesn't match.\n")
        case .malformed: .text(.badRequest, "The body is no event.\n")
        case .tooLarge: .text(.contentTooLarge, "The body is larger than 256 KiB.\n")
        case .unavailable: .text(.serviceUnavailable, "Try again later.\n")
        }
    }
}
