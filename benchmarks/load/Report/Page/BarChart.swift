/// Bars from 0 to the median, with whiskers from the lowest run to the highest; text stands beside them.
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
        let axis = Axis(linear: 0, groups.flatMap(\.bars).map(\.spread.high).max() ?? 1)
        return """
            <figure class="bars"><figcaption>\(title) <small>\(better == .higher ? "more" : "less") is better\
            </small></figcaption>
            \(groups.map { Self.group($0, unit, axis) })</figure>

            """
    }

    private static func group(_ group: Group, _ unit: String, _ axis: Axis) -> Markup {
        let heading: Markup = group.heading.isEmpty ? "" : "<h4>\(group.heading)</h4>\n"
        return "\(heading)\(group.bars.map { row($0, unit, axis) })"
    }

    private static func row(_ bar: Bar, _ unit: String, _ axis: Axis) -> Markup {
        """
        <div class="row"><span class="label">\(bar.label)</span><svg class="bar" height="18" aria-hidden="true">\
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
