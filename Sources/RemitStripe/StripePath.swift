import RemitDomain

/// Paths of single objects.
enum StripePath {
    /// Whether a text may stand in a path as an object's id: letters, digits and underscores, at most 255.
    static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Nil when the id can't be one of Stripe's.
    static func path(of object: ProcessorObject) -> String? {
        let (collection, id) =
            switch object {
            case .paymentIntent(let id): ("payment_intents", id)
            case .charge(let id): ("charges", id)
            case .refund(let id): ("refunds", id)
            case .customer(let id): ("customers", id)
            }
        return isID(id) ? "/v1/\(collection)/\(id)" : nil
    }
}
