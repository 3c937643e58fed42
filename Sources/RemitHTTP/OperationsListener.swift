import Hummingbird

/// What /readyz and /metrics show.
package struct OperationsStatus: Sendable {
    /// Whether calls are taken: false before all is open, and while draining.
    package var isReady: @Sendable () -> Bool
    /// The metrics in Prometheus' text format.
    package var metrics: @Sendable () -> String

    package init(isReady: @escaping @Sendable () -> Bool, metrics: @escaping @Sendable () -> String) {
        self.isReady = isReady
        self.metrics = metrics
    }
}

/// `/healthz`, `/readyz` and `/metrics`, in plain HTTP, for a loopback address only.
package struct OperationsListener: Sendable {
    private let status: OperationsStatus

    package init(status: OperationsStatus) {
        self.status = status
    }

    package func router() -> RouterBuilder {
        let router = Router()
        router.get("/healthz") { _, _ in Response.text(.ok, "ok\n") }
        router.get("/readyz") { _, _ in
            status.isReady() ? Response.text(.ok, "ready\n") : Response.text(.serviceUnavailable, "not ready\n")
        }
        router.get("/metrics") { _, _ in
            var response = Response.text(.ok, status.metrics())
            response.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            return response
        }
        return RouterBuilder(router: router)
    }
}
