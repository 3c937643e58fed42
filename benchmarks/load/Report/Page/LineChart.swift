/// Lines over time or over the offered rate, of one unit.
///
/// The lines are drawn in a box of 1,000 by its height that is stretched to the page; words and marks aren't stretched.
struct LineChart {
    struct Line {
        var label: String
        var points: [Series.Point]
        /// Which colour and which dashes, from 0.
        var color: Int
    }

    let title: String
    let unit: String
    /// What x is.
    let x: String
    let lines: [Line]
    /// Whether a line shows where y is as much as x.
    let showsOffered: Bool

    private static let height = 220.0
    /// Above this, marks would hide their line.
    private static let marksMax = 40

    var markup: Markup {
        let points = lines.flatMap(\.points)
        let xs = points.map(\.x)
        let across = Axis(linear: xs.min() ?? 0, xs.max() ?? 1)
        let up = Axis(showing: points.map(\.y))
        return """
            <figure class="lines"><figcaption>\(title)\(note(up))</figcaption>
            <svg width="100%" height="\(Int(Self.height) + 22)" role="img" aria-label="\(title) over \(x)">\
            \(grid(up))\(showsOffered ? diagonal(across, up) : "")\(lines.map { path($0, across, up) })\
            \(lines.map { marks($0, across, up) })\(labels(across))</svg>
            <p class="legend">\(lines.map(Self.legend))</p></figure>

            """
    }

    private func note(_ up: Axis) -> Markup {
        let scale = up.isLogarithmic ? " a step is a factor" : ""
        let line = showsOffered ? " dotted: as much as was offered" : ""
        return " <small>\(x) →\(scale)\(line)</small>"
    }

    private func height(_ y: Double, _ up: Axis) -> Double { Self.height * (1 - up.position(y) / 100) }

    private func grid(_ up: Axis) -> Markup {
        let lines = up.ticks.map { tick -> Markup in
            let y = height(tick, up)
            let text = NumberText.value(tick, unit: unit)
            return """
                <line class="grid" x1="0" x2="100%" y1="\(y)" y2="\(y)"/>\
                <text class="tick" x="0" y="\(y < 12 ? y + 12 : y - 4)">\(text)</text>
                """
        }
        return "\(lines)"
    }

    private func labels(_ across: Axis) -> Markup {
        let unit = x == "s" ? "s" : ""
        let texts = across.ticks.map { tick -> Markup in
            let position = across.position(tick)
            let anchor = position < 4 ? "start" : position > 96 ? "end" : "middle"
            let text = unit.isEmpty ? NumberText.number(tick) : "\(NumberText.number(tick)) \(unit)"
            return
                "<text class=\"tick\" x=\"\(position)%\" y=\"\(Self.height + 16)\" text-anchor=\"\(anchor)\">\(text)</text>"
        }
        return "\(texts)"
    }

    private func path(_ line: Line, _ across: Axis, _ up: Axis) -> Markup {
        let points = line.points.map { point -> Markup in
            "\(across.position(point.x) * 10),\(height(point.y, up)) "
        }
        return stretched("<polyline class=\"line c\(line.color)\" points=\"\(points)\"/>")
    }

    /// Where as much is done as was offered.
    private func diagonal(_ across: Axis, _ up: Axis) -> Markup {
        let low = max(across.low, up.low)
        let high = min(across.high, up.high)
        guard low < high, !up.isLogarithmic else { return "" }
        return stretched(
            """
            <polyline class="offered" points="\(across.position(low) * 10),\(height(low, up)) \
            \(across.position(high) * 10),\(height(high, up))"/>
            """)
    }

    private func stretched(_ content: Markup) -> Markup {
        """
        <svg x="0" y="0" width="100%" height="\(Self.height)" viewBox="0 0 1000 \(Self.height)" \
        preserveAspectRatio="none" overflow="visible">\(content)</svg>
        """
    }

    private func marks(_ line: Line, _ across: Axis, _ up: Axis) -> Markup {
        guard line.points.count <= Self.marksMax else { return "" }
        let marks = line.points.map { point -> Markup in
            let x = across.position(point.x)
            let value = NumberText.value(point.y, unit: unit)
            return """
                <circle class="dot c\(line.color)" cx="\(x)%" cy="\(height(point.y, up))" r="3"><title>\(line.label), \
                \(NumberText.number(point.x)): \(value)</title></circle>
                """
        }
        return "\(marks)"
    }

    private static func legend(_ line: Line) -> Markup {
        """
        <span><svg width="26" height="10" aria-hidden="true"><line class="line c\(line.color)" x1="0" x2="26" y1="5" \
        y2="5"/></svg> \(line.label)</span>
        """
    }
}
