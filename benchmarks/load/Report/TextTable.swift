/// Lines of cells, for a terminal or as markdown: the first column to the left, figures to the right.
struct TextTable {
    var head: [String]
    var rows: [[String]] = []
    /// How many columns are words.
    var columnsOfWords = 1

    /// In columns; nothing ends in a blank.
    var plain: String {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { cells in
            let line = cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return column < columnsOfWords ? cells[column] + padding : padding + cells[column]
            }
            return String(line.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// A table of GitHub's markdown; what a cell says can't break it.
    var markdown: String {
        let rule = head.indices.map { $0 < columnsOfWords ? "---" : "---:" }
        return ([head, rule] + rows).map { cells in
            "| " + cells.map(Self.escaped).joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }

    private static func escaped(_ cell: String) -> String {
        cell.reduce(into: "") { text, character in
            switch character {
            case "|", "\\", "`", "*", "_", "<", "[": text += "\\\(character)"
            case _ where character.isNewline: text += " "
            default: text.append(character)
            }
        }
    }
}
