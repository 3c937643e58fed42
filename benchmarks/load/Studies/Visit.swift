import RemitRPC

/// One call at each tenant, by turns, whatever time it takes; nothing warms it up.
struct Visit {
    let tenants: Int
    /// Of whom each has one call under way; those that would find no tenant don't come.
    let callers: Int

    /// After it the tenants that are left aren't visited: nobody waits longer.
    private static let longest: Duration = .seconds(3_600)

    /// What the calls came to, and the seconds until the last one's end.
    func sample(_ scenario: some Scenario, over clients: [some ClientChannel]) async -> LoadSample {
        let window = Window(warmUp: .zero, duration: Self.longest)
        let recorder = Recorder(window)
        await ClosedLoop(
            callers: min(callers, tenants), chooser: TenantChooser(.turn, count: tenants), window: window,
            callsMax: tenants
        ).run(scenario, over: clients, [recorder])
        var sample = LoadSample(seconds: Double(Moment.now - window.start) / 1_000_000_000)
        sample.tally = recorder.counted
        return sample
    }
}
