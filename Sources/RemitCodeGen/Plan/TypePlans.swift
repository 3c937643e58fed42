/// A message as every language's emitter needs it.
package struct MessagePlan: Sendable {
    /// A oneof; its members are the fields that name its position.
    package struct Oneof: Sendable {
        /// The name in the .proto file.
        package var name: String
        /// The comment above it, or "".
        package var comment: String
    }

    /// The name without package and outer messages.
    package var name: String
    /// The name with package and outer messages.
    package var fullName: String
    /// The comment above it, or "".
    package var comment: String
    /// The fields in the order of the .proto file.
    package var fields: [FieldPlan]
    /// The oneofs, those of proto3's `optional` left out.
    package var oneofs: [Oneof]
    /// The messages inside it, those of maps left out.
    package var messages: [MessagePlan]
    /// The enums inside it.
    package var enums: [EnumPlan]
}

/// An enum as every language's emitter needs it.
package struct EnumPlan: Sendable {
    /// A named number.
    package struct Value: Sendable {
        /// The name in the .proto file.
        package var name: String
        /// The number.
        package var number: Int32
        /// The comment above it, or "".
        package var comment: String
    }

    /// The name without package and outer messages.
    package var name: String
    /// The name with package and outer messages.
    package var fullName: String
    /// The comment above it, or "".
    package var comment: String
    /// The values in the order of the .proto file; aliases repeat a number.
    package var values: [Value]
}

/// A service as every language's emitter needs it.
package struct ServicePlan: Sendable {
    /// What calling twice does.
    package enum Idempotency: Sendable { case unspecified, noSideEffects, idempotent }

    /// A method.
    package struct Method: Sendable {
        /// The name in the .proto file.
        package var name: String
        /// The request's full name.
        package var request: String
        /// The response's full name.
        package var response: String
        /// Whether it answers with a stream.
        package var isServerStreaming: Bool
        /// What calling twice does.
        package var idempotency: Idempotency
        /// The comment above it, or "".
        package var comment: String
    }

    /// The name without package.
    package var name: String
    /// The name with package.
    package var fullName: String
    /// The comment above it, or "".
    package var comment: String
    /// The methods in the order of the .proto file.
    package var methods: [Method]
}

/// A .proto file as every language's emitter needs it.
package struct FilePlan: Sendable {
    /// The path by which others import it.
    package var path: String
    /// The package, or "".
    package var package: String
    /// The files that it imports.
    package var dependencies: [String]
    /// The messages outside of any other.
    package var messages: [MessagePlan]
    /// The enums outside of any message.
    package var enums: [EnumPlan]
    /// The services.
    package var services: [ServicePlan]
    /// The serialized `FileDescriptorProto`, without comments.
    package var descriptor: [UInt8]
}
