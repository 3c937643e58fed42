/// What a message becomes in Swift.
enum SwiftForm {
    /// A struct that holds the fields' values.
    case message
    /// A struct that tells where the values lie in a message's bytes.
    case view
}
