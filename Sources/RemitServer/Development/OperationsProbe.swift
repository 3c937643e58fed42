import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Reads a server's metrics from its operations listener, as a monitor would.
package struct OperationsProbe: Sendable {
    private let port: Int

    package init(port: Int) {
        self.port = port
    }

    /// The metrics in Prometheus' text format; nil while nobody answers.
    package func metrics() async -> String? {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/metrics")
        guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(5)),
            response.status == .ok, let body = try? await response.body.collect(upTo: 1 << 20)
        else { return nil }
        return String(buffer: body)
    }

    /// One sample's value, by its name with its labels; nil while nobody answers.
    package func value(of sample: String) async -> Double? {
        guard let metrics = await metrics() else { return nil }
        let line = metrics.split(separator: "\n").first { $0.hasPrefix(sample + " ") }
        return line.flatMap { Double($0.dropFirst(sample.count + 1)) }
    }
}
