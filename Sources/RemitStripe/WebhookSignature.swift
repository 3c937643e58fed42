package import RemitDomain
import Crypto

/// The signature in the header `Stripe-Signature`: `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`.
///
/// Each `v1` is the HMAC-SHA256, by the endpoint's secret, of the time, a dot and the body's raw bytes.
package enum WebhookSignature {
    /// How far the signature's time may lie from ours, either way: Stripe's own tolerance.
    package static let toleranceSeconds: Int64 = 300

    /// Bounds the work that a hostile header can cause; Stripe sends one per active secret.
    static let signaturesMax = 16

    /// Why a webhook isn't Stripe's; the caller of the endpoint is told none of it.
    package enum Rejection: Error, Hashable, Sendable {
        case malformedHeader
        case outsideTolerance
        case noMatch
    }

    /// Verifies `body`'s raw bytes: any signature may match any active secret; an empty secret matches nothing.
    package static func verify(
        header: String, body: [UInt8], secrets: [StripeSecret], now: Timestamp
    ) throws(Rejection) {
        var time: Int64?
        var signatures: [[UInt8]] = []
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw .malformedHeader }
            switch pair[0].drop(while: { $0 == " " }) {
            case "t":
                guard time == nil, let seconds = Int64(pair[1]) else { throw .malformedHeader }
                time = seconds
            case "v1":
                if signatures.count < signaturesMax, let bytes = hexBytes(pair[1]) { signatures.append(bytes) }
            default:
                // Other schemes, such as v0, which Stripe sends for test events and which proves nothing.
                continue
            }
        }
        guard let time, !signatures.isEmpty, (0...Int64(UInt32.max) * 4).contains(time) else {
            throw .malformedHeader
        }
        guard abs(now.milliseconds - time * 1_000) <= toleranceSeconds * 1_000 else { throw .outsideTolerance }
        let signed = signedBytes(time: time, body: body)
        var matches = false
        for secret in secrets where !secret.revealed.isEmpty {
            let key = SymmetricKey(data: Array(secret.revealed.utf8))
            for signature in signatures {
                // In constant time, and without leaving early.
                let match = HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: key)
                matches = matches || match
            }
        }
        guard matches else { throw .noMatch }
    }

    /// The header by which Stripe, or its simulator, signs `body`; one signature per secret.
    package static func header(signing body: [UInt8], secrets: [StripeSecret], at time: Timestamp) -> String {
        let seconds = time.milliseconds / 1_000
        let signed = signedBytes(time: seconds, body: body)
        let signatures = secrets.map { secret in
            let key = SymmetricKey(data: Array(secret.revealed.utf8))
            return ",v1=" + Hex.text(HMAC<SHA256>.authenticationCode(for: signed, using: key))
        }
        return "t=\(seconds)" + signatures.joined()
    }

    private static func signedBytes(time: Int64, body: [UInt8]) -> [UInt8] {
        Array("\(time).".utf8) + body
    }

    private static func hexBytes(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
