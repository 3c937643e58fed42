/// The comments of a .proto file, by the path of what they stand above.
struct Comments {
    private var leading: [[Int32]: String] = [:]

    init(_ info: SourceCodeInfo?) {
        for location in info?.location ?? [] {
            guard let comment = location.leadingComments else { continue }
            leading[location.path] = comment
        }
    }

    subscript(path: [Int32]) -> String { leading[path] ?? "" }
}
