import Foundation
import Synchronization

/// The line that tells how far a run is, twice a second, on a terminal.
final class LoadProgress: Sendable {
    private struct State {
        var title = ""
        var stage = ""
        var recorders: [Recorder] = []
        var window: Window?
    }

    private let state = Mutex(State())

    /// What follows, such as `round 1 of 5 · create, 64 in flight`.
    func begin(_ title: String) {
        state.withLock { $0 = State(title: title) }
        show(title)
    }

    /// What part of it follows.
    func stage(_ text: String) {
        let title = state.withLock { state in
            state.stage = " · " + text
            return state.title + state.stage
        }
        show(title)
    }

    /// What is measured now.
    func watch(_ recorders: [Recorder], _ window: Window) {
        state.withLock { state in
            state.recorders = recorders
            state.window = window
        }
    }

    /// Shows a line until the next one; empty: none.
    func show(_ text: String) { Output.progress(text) }

    /// Shows how far the run is until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(500))
            let (title, recorders, window) = state.withLock { ($0.title + $0.stage, $0.recorders, $0.window) }
            guard let window, !Task.isCancelled else { continue }
            let now = Moment.now
            if now < window.start {
                show("\(title) · warming up")
            } else if now < window.end {
                let seconds = Double(now - window.start) / 1_000_000_000
                let answers = recorders.reduce(0) { $0 + $1.answers }
                let rate = String(format: "%.1f s of %g · %.0f/s", seconds, window.seconds, Double(answers) / seconds)
                show("\(title) · \(rate)")
            } else {
                show("\(title) · waiting for the last answers")
            }
        }
    }
}
