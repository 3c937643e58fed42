package import Logging
import RemitDomain
package import RemitRPC

/// Writes one line per call when it has ended: ids and figures, never names, amounts or messages.
package struct AccessLog: Interceptor {
    private let table: AccessTable
    private let logger: Logger
    /// Whether calls are written that the server did nothing wrong in, refused ones among them: asked once, for a logger's
    /// level isn't cheap to ask.
    private let writesAll: Bool

    package init(_ table: AccessTable, logger: Logger) {
        self.table = table
        self.logger = logger
        writesAll = logger.logLevel <= .info
    }

    package func admit(_ context: inout CallContext, _ method: MethodDescriptor) {}

    package func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) {
        guard writesAll || Self.isFault(status.code) else { return }
        write(context, method, status)
    }

    private static func isFault(_ code: StatusCode) -> Bool { code == .internal || code == .dataLoss }

    private func write(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) {
        let level: Logger.Level = Self.isFault(status.code) ? .error : .info
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "method": "\(method.fullName)", "code": "\(status.code.name)",
            "microseconds": "\(status.nanoseconds / 1_000)",
        ]
        if let scope = table.scope(at: context.scope) {
            metadata["principal"] = "\(scope.principal.text)"
            if let tenant = scope.tenant { metadata["tenant"] = "\(tenant.text)" }
        }
        if status.replayed { metadata["replayed"] = "true" }
        if context.attempt > 0 { metadata["attempt"] = "\(context.attempt)" }
        if let error = status.error {
            metadata["reason"] = "\(error.reason)"
            if let field = error.field { metadata["field"] = "\(field)" }
            if error.outcome == .unknown { metadata["outcome"] = "unknown" }
            if let id = error.errorID { metadata["error"] = "\(id)" }
            for (key, value) in error.context { metadata["context.\(key)"] = "\(value)" }
        }
        logger.log(level: level, "Call ended", metadata: metadata)
    }
}
