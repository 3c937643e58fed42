import RemitDomain

extension PaymentField {
    /// The column is named as the field; those of a sub-message have its name before theirs.
    var column: String {
        switch name {
        case "failure.code": "failure_code"
        case "failure.decline_code": "failure_decline_code"
        case "failure.message": "failure_message"
        default: name
        }
    }
}
