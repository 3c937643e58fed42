/// The two sides didn't do the same work, so their times say nothing.
struct Mismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
