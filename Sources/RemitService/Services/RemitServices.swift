package import Logging
import RemitAPI
package import RemitDomain
package import RemitRPC

/// All services behind one router: what every door leads to.
package struct RemitServices: Sendable {
    package let router: Router
    package let metrics: CallMetrics
    private let access: AccessTable

    /// Services over a directory and a control plane.
    ///
    /// `key` is the server's, derived from its master key: it must stay the same over restarts, for the digests of
    /// requests are stored. `callNanosecondsMax` caps every unary call's deadline.
    package init(
        directory: any TenantDoor, control: some ControlSource, key: SipHash.Key, logger: Logger,
        admittedCallsMax: Int = LimitsInterceptor.admittedMax, callNanosecondsMax: UInt64 = 60_000_000_000
    ) {
        let access = AccessTable(control: control)
        self.access = access
        let core = ServiceCore(
            directory: directory, control: control, access: access, digestKey: key, tokens: PageTokens(key: key))
        let methods =
            PaymentServiceMethods.served(by: Payments(core: core)).map {
                $0.descriptor.fullName == PaymentServiceMethods.getPayment.fullName ? Payments.inPlace($0, core) : $0
            }
            + RefundServiceMethods.served(by: Refunds(core: core))
            + CustomerServiceMethods.served(by: Customers(core: core))
            + OperationServiceMethods.served(by: Operations(core: core))
            + EventServiceMethods.served(by: Events(core: core))
            + TenantServiceMethods.served(by: TenantAdministration(core: core))
            + Diagnostics.methods
        metrics = CallMetrics(methods: methods)
        router = Router(
            methods: methods,
            interceptor: metrics.then(AccessLog(access, logger: logger))
                .then(TenancyInterceptor(access, methods: methods))
                .then(LimitsInterceptor(access, admittedMax: admittedCallsMax)),
            authenticator: access, callNanosecondsMax: callNanosecondsMax)
    }

    /// Calls of tenants that are admitted and not yet answered, streams among them.
    package var callsUnderWay: Int { access.callsUnderWay }
}
