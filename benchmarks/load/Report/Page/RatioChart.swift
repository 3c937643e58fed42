/// Ratios on one axis of factors, each with a mark where it must be and one where it should be.
struct RatioChart {
    let ratios: [BenchmarkRatio]

    var markup: Markup {
        let axis = Self.axis(for: ratios)
        return """
            <figure class="bars ratios"><figcaption>\(caption)</figcaption>
            \(ratios.map { Self.row($0, axis) })\(Self.scale(axis))</figure>

            """
    }

    private var caption: Markup {
        let isHigher = ratios.allSatisfy { $0.better == .higher }
        return """
            \(isHigher ? "More is better" : "Less is better") <small><svg class="key" width="10" height="12" \
            aria-hidden="true"><line class="must" x1="5" x2="5" y1="0" y2="12"/></svg> must \
            <svg class="key" width="12" height="12" aria-hidden="true"><path class="goal" d="M6 1 11 6 6 11 1 6Z"/></svg> \
            goal; a step is a factor</small>
            """
    }

    /// From just below what is least to just above what is most, 1 always within.
    private static func axis(for ratios: [BenchmarkRatio]) -> Axis {
        let values = ratios.flatMap { [$0.spread.low, $0.spread.high, $0.must ?? 1, $0.goal ?? 1, 1] }
            .filter { $0 > 0 }
        return Axis(logarithmic: (values.min() ?? 1) * 0.85, (values.max() ?? 1) * 1.15)
    }

    private static func row(_ ratio: BenchmarkRatio, _ axis: Axis) -> Markup {
        let one = axis.position(1)
        let median = axis.position(ratio.spread.median)
        return """
            <div class="row"><span class="label">\(ratio.name) <small>against \(Names.other(of: ratio)), \
            \(FigureKind.title(of: ratio.figure))</small></span><svg class="bar" height="18" aria-hidden="true">\
            <rect class="track" y="3" width="100%" height="12" rx="2"/>\
            <rect class="fill \(style(ratio.standing))" x="\(min(one, median))%" y="3" \
            width="\(abs(median - one))%" height="12"/>\
            <line class="one" x1="\(one)%" x2="\(one)%" y1="1" y2="17"/>\(bounds(ratio, axis))\
            \(BarChart.whisker(ratio.spread, axis))</svg><span class="value"><b>\
            \(NumberText.value(ratio.spread.median, unit: "×"))</b>\(BarChart.range(ratio.spread, "×")) \
            <span class="mark \(style(ratio.standing))">\(FiguresTable.mark(ratio.standing))</span></span></div>

            """
    }

    private static func bounds(_ ratio: BenchmarkRatio, _ axis: Axis) -> Markup {
        let must = ratio.must.map { bound -> Markup in
            let x = axis.position(bound)
            return "<line class=\"must\" x1=\"\(x)%\" x2=\"\(x)%\" y1=\"0\" y2=\"18\"/>"
        }
        // A path knows no per cent: an inner drawing is moved instead.
        let goal = ratio.goal.map { bound -> Markup in
            """
            <svg x="\(axis.position(bound))%" y="9" overflow="visible"><path class="goal" d="M0-5 5 0 0 5-5 0Z"/></svg>
            """
        }
        return "\(must ?? "")\(goal ?? "")"
    }

    private static func scale(_ axis: Axis) -> Markup {
        let ticks = axis.ticks.map { tick -> Markup in
            "<text x=\"\(axis.position(tick))%\" y=\"11\">\(NumberText.value(tick, unit: "×"))</text>"
        }
        return """
            <div class="row scale"><span class="label"></span><svg class="bar" height="14" aria-hidden="true">\(ticks)\
            </svg><span class="value"></span></div>

            """
    }

    /// The class of a standing, in the style sheet.
    static func style(_ standing: BenchmarkRatio.Standing) -> Markup {
        switch standing {
        case .goalMet: "goal-met"
        case .mustMet: "must-met"
        case .mustMissed: "must-missed"
        case .shown: "shown"
        }
    }
}
