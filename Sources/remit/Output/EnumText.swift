import RemitWire

extension ProtoEnum {
    /// The lower-case name without its enum's prefix, such as `partially_refunded`; the number where it has none.
    func text(dropping prefix: String) -> String {
        guard let name else { return "\(rawValue)" }
        return (name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name).lowercased()
    }
}
