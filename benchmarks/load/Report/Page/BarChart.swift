/// Bars from 0 to the median, with whiskers from the lowest run to the highest; text stands beside them.
///
/// Bars of one group share a scale: sides beside each other under the same load. Groups of one bar share one, too.
///
/// All positions are in per cent, and no text is within the drawing: it fits a phone, and words keep their size.
struct BarChart {
    struct Bar {
        var label: String
        var spread: Spread
        /// Which colour, from 0.
        var color: Int
    }

    struct Group {
        /// Empty where there is but one.
        var heading: String
        var bars: [Bar]
    }

    let title: String
    let unit: String
    let better: Better
    let groups: [Group]

    var markup: Markup {
        let shared = groups.filter { $0.bars.count > 1 }
        let single = groups.filter { $0.bars.count == 1 }
        let others: Markup = shared.isEmpty || single.isEmpty ? "" : "<h4>Other loads</h4>\n"
        let axis = Self.axis(single)
        return """
            <figure class="bars"><figcaption>\(title) <small>\(better == .higher ? "more" : "less") is better\
            </small></figcaption>
            \(shared.map { Self.group($0, unit, Self.axis([$0])) })\(others)\(single.map { Self.group($0, unit, axis) })\
            </figure>

            """
    }

    private static func axis(_ groups: [Group]) -> Axis {
        Axis(linear: 0, groups.flatMap(\.bars).map(\.spread.high).max() ?? 1)
    }

    private static func group(_ group: Group, _ unit: String, _ axis: Axis) -> Markup {
        if group.bars.count == 1, !group.heading.isEmpty {
            // One bar needs no heading above it.
            return "\(group.bars.map { row($0, "\(group.heading) <small>\($0.label)</small>", unit, axis) })"
        }
        let heading: Markup = group.heading.isEmpty ? "" : "<h4>\(group.heading)</h4>\n"
        return "\(heading)\(group.bars.map { row($0, "\($0.label)", unit, axis) })"
    }

    private static func row(_ bar: Bar, _ label: Markup, _ unit: String, _ axis: Axis) -> Markup {
        """
        <div class="row"><span class="label">\(label)</span><svg class="bar" height="18" aria-hidden="true">\
        <rect class="track" y="3" width="100%" height="12" rx="2"/>\
        <rect class="fill c\(bar.color)" y="3" width="\(axis.position(bar.spread.median))%" height="12" rx="2"/>\
        \(whisker(bar.spread, axis))</svg><span class="value"><b>\(NumberText.value(bar.spread.median, unit: unit))\
        </b>\(range(bar.spread, unit))</span></div>

        """
    }

    /// A line from the lowest to the highest run, with ends; none where all are the same.
    static func whisker(_ spread: Spread, _ axis: Axis) -> Markup {
        guard spread.low != spread.high else { return "" }
        let low = axis.position(spread.low)
        let high = axis.position(spread.high)
        return """
            <g class="whisker"><line x1="\(low)%" x2="\(high)%" y1="9" y2="9"/><line x1="\(low)%" x2="\(low)%" y1="5" \
            y2="13"/><line x1="\(high)%" x2="\(high)%" y1="5" y2="13"/></g>
            """
    }

    /// The lowest and the highest run, in words; none where all are the same.
    static func range(_ spread: Spread, _ unit: String) -> Markup {
        guard spread.low != spread.high else { return "" }
        let low = NumberText.value(spread.low, unit: unit)
        return " <small>\(low)–\(NumberText.value(spread.high, unit: unit))</small>"
    }
}
