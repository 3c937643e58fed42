/// Random bits, from outside, so that a seed can replay a whole run.
///
/// Live ones come from the system's generator.
package protocol Randomness: Sendable {
    func next() -> UInt64
}
