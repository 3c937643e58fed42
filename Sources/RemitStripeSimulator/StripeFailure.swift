package import RemitStripe

/// An error as Stripe's API answers it.
package struct StripeFailure: Error, Hashable, Sendable {
    package var status: Int
    package var type: String
    package var code: String?
    package var param: String?
    package var message: String
    /// Further members of the error object, such as `decline_code`, `charge` and `payment_intent`.
    package var members: [String: JSONValue] = [:]

    /// A 400 without further members.
    static func invalid(_ message: String, code: String? = nil, param: String? = nil) -> Self {
        Self(status: 400, type: "invalid_request_error", code: code, param: param, message: message)
    }

    /// 404 for an id in the path; 400 with `param` for one in the body.
    static func missing(_ kind: String, _ id: String, param: String, inBody: Bool) -> Self {
        Self(
            status: inBody ? 400 : 404, type: "invalid_request_error", code: "resource_missing", param: param,
            message: "No such \(kind): '\(id)'")
    }

    static func unknownURL(_ method: StripeMethod, _ path: String) -> Self {
        Self(
            status: 404, type: "invalid_request_error",
            message: "Unrecognized request URL (\(method.rawValue): \(path)).")
    }

    static let unauthorized = Self(
        status: 401, type: "invalid_request_error", message: "Invalid API Key provided.")

    static let rateLimited = Self(
        status: 429, type: "invalid_request_error", code: "rate_limit",
        message: "Request rate limit exceeded.")

    static let lockTimeout = Self(
        status: 429, type: "invalid_request_error", code: "lock_timeout",
        message: "This object cannot be accessed right now because another API request is currently accessing it.")

    static let keyInUse = Self(
        status: 409, type: "idempotency_error", code: "idempotency_key_in_use",
        message: "There is currently another in-progress request using this idempotency key.")

    static let serverError = Self(
        status: 500, type: "api_error", message: "An unknown error occurred.")

    static func parametersDiffer(key: String) -> Self {
        Self(
            status: 400, type: "idempotency_error",
            message: "Keys for idempotent requests can only be used with the same parameters they were first used "
                + "with. Try using a key other than '\(key)' if you meant to execute a different request.")
    }

    /// The body of the answer.
    var json: JSONValue {
        var error = members
        error["type"] = .string(type)
        error["message"] = .string(message)
        if let code {
            error["code"] = .string(code)
            error["doc_url"] = .string("https://stripe.com/docs/error-codes/\(code.replacing("_", with: "-"))")
        }
        if let param { error["param"] = .string(param) }
        return ["error": .object(error)]
    }
}
