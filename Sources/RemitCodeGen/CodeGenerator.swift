package import RemitWire

/// A compiler plugin as a function: a serialized `CodeGeneratorRequest` in, a serialized response out.
package enum CodeGenerator {
    /// Answers a request; what is wrong with its files or options is told in the response.
    package static func respond(to request: [UInt8]) throws(WireError) -> [UInt8] {
        let request = try CodeGeneratorRequest(decoding: request)
        var response = CodeGeneratorResponse()
        // FEATURE_PROTO3_OPTIONAL
        response.supportedFeatures = 1
        do {
            response.file = try generate(request)
        } catch {
            response.error = error.message
        }
        return response.encoded()
    }

    private static func generate(
        _ request: CodeGeneratorRequest
    ) throws(GenerationError) -> [CodeGeneratorResponse.File] {
        let options = try SwiftOptions(parameter: request.parameter ?? "")
        let files = try SwiftEmitter(Plan(request), options).files()
        return files.map { file in
            .with {
                $0.name = file.name
                $0.content = file.content
            }
        }
    }
}
