/// How a page looks: by day, at night, on a phone and on paper.
///
/// Colours are by side, `c0` being this project's.
enum StyleSheet {
    static let markup: Markup = """
        :root { color-scheme: light dark; --paper: #fff; --ink: #191c22; --quiet: #5a6270; --rule: #dfe3e8; \
        --track: #eff1f4; --good: #17794a; --bad: #bd2c25; --c0: #3450cf; --c1: #c26b2d; --c2: #2a8c7c; \
        --c3: #9553b3; --c4: #747d8c; --c5: #ab8213; --c6: #b8436f; --c7: #3c83b0; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e8eaee; --quiet: #9aa3b2; \
        --rule: #2c323b; --track: #20252c; --good: #4fc486; --bad: #ff7a70; --c0: #8097ff; --c1: #e79a62; \
        --c2: #55c2b0; --c3: #c592de; --c4: #98a2b3; --c5: #d6b04a; --c6: #ec86ab; --c7: #74b6e0; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); \
        font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; \
        font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
        h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
        h2 { font-size: 1.25rem; margin: 2.75rem 0 .25rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
        h4 { font-size: .8125rem; font-weight: 600; color: var(--quiet); margin: .75rem 0 .125rem; }
        p { margin: .25rem 0 .75rem; }
        small, .quiet { color: var(--quiet); font-size: .8125rem; font-weight: 400; }
        a { color: var(--c0); }
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: 1rem; font-size: .9375rem; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0; }
        .tiles div { border: 1px solid var(--rule); border-radius: 8px; padding: .625rem .875rem; }
        .tiles .mark { white-space: normal; }
        .tiles b { display: block; font-size: 1.5rem; line-height: 1.25; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .75rem 0; font-size: .875rem; }
        dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; margin: .75rem 0; }
        table { border-collapse: collapse; width: 100%; font-size: .875rem; }
        th, td { padding: .3125rem .5rem; text-align: right; border-bottom: 1px solid var(--rule); vertical-align: top; }
        th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
        thead th { color: var(--quiet); font-weight: 600; font-size: .8125rem; vertical-align: bottom; }
        td { white-space: nowrap; } th.word, td.word { text-align: left; } \
        td.word { font-weight: 400; white-space: normal; min-width: 6rem; } td.word + td.word { min-width: 11rem; } .mark, .bound { white-space: nowrap; }
        td small { display: block; white-space: nowrap; }
        tr.own td:first-child { font-weight: 600; }
        figure { margin: 1.25rem 0; break-inside: avoid; }
        figcaption { font-weight: 600; font-size: .9375rem; margin-bottom: .375rem; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 40rem), 1fr)); gap: 0 2rem; }
        .row { display: grid; grid-template-columns: minmax(8rem, 19rem) 1fr 9.5rem; gap: 0 .75rem; \
        align-items: center; padding: .125rem 0; font-size: .875rem; }
        .ratios .row { grid-template-columns: minmax(10rem, 21rem) 1fr 11rem; padding: .25rem 0; }
        .label { overflow-wrap: anywhere; line-height: 1.3; } .label small { display: block; }
        .value { white-space: nowrap; text-align: right; line-height: 1.3; } .value small { display: block; }
        svg.bar { display: block; width: 100%; overflow: visible; }
        .track { fill: var(--track); }
        .whisker line { stroke: var(--ink); stroke-width: 1.25; } .one { stroke: var(--quiet); stroke-width: 1; }
        line.must { stroke: var(--ink); stroke-width: 2.5; }
        path.goal { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
        .key { vertical-align: -1px; }
        .fill.goal-met { fill: var(--good); } .fill.must-met { fill: var(--good); opacity: .65; }
        .fill.must-missed { fill: var(--bad); } .fill.shown { fill: var(--c4); }
        .mark { font-size: .8125rem; font-weight: 600; } .mark.goal-met, .mark.must-met { color: var(--good); }
        .mark.must-missed { color: var(--bad); }
        text { fill: var(--quiet); font-size: 12px; } .scale text { text-anchor: middle; }
        .lines > svg { overflow: visible; } .grid { stroke: var(--rule); stroke-width: 1; }
        .line { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
        .offered { fill: none; stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 1 4; stroke-linecap: round; \
        vector-effect: non-scaling-stroke; }
        .dot { stroke: var(--paper); stroke-width: 1; }
        .legend { display: flex; flex-wrap: wrap; gap: .125rem 1.25rem; font-size: .8125rem; margin-top: .25rem; }
        \(colors)
        details { margin: .75rem 0; } summary { cursor: pointer; color: var(--quiet); font-size: .875rem; }
        @media (max-width: 40rem) {
        .row, .ratios .row { grid-template-columns: 1fr max-content; grid-template-areas: "label value" "bar bar"; \
        padding: .25rem 0; }
        .row .label { grid-area: label; } .row .value { grid-area: value; } .row svg.bar { grid-area: bar; }
        .scale .label, .scale .value { display: none; } }
        @media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #444; --rule: #bbb; \
        --track: #eee; --good: #17794a; --bad: #bd2c25; --c0: #3450cf; --c1: #c26b2d; --c2: #2a8c7c; --c3: #9553b3; \
        --c4: #747d8c; --c5: #ab8213; --c6: #b8436f; --c7: #3c83b0; }
        * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        body { max-width: none; padding: 0; font-size: 11pt; } nav, details { display: none; }
        .scroll { overflow: visible; } h2 { break-after: avoid; } tr { break-inside: avoid; } }

        """

    /// How many colours there are; further sides begin anew, with the same dashes.
    static let colorCount = 8

    /// Lines differ by their dashes too: on paper, and for those who see colours otherwise.
    private static let dashes: [Markup] = ["none", "7 4", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "6 2 1 2 1 2"]

    private static let colors: Markup = {
        let rules = dashes.enumerated().map { index, dash -> Markup in
            """
            .fill.c\(index), .dot.c\(index) { fill: var(--c\(index)); } \
            .line.c\(index) { stroke: var(--c\(index)); stroke-dasharray: \(dash); }

            """
        }
        return "\(rules)"
    }()
}
