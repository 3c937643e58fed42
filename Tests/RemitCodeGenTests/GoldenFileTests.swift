import Foundation
import RemitCodeGen
import RemitWire
import Testing

/// The generator against what it wrote when its output was last looked at.
@Suite("Generated code")
struct GoldenFileTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

    private func descriptors(_ name: String) throws -> FileDescriptorSet {
        let data = try Data(contentsOf: Self.root.appending(path: "Tests/RemitCodeGenTests/Golden/\(name).descriptors"))
        return try FileDescriptorSet(decoding: Array(data))
    }

    private func checkedIn(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    private func generate(
        _ files: [FileDescriptorProto], _ parameter: String, only: [String]? = nil
    ) throws -> CodeGeneratorResponse {
        let request = CodeGeneratorRequest.with {
            $0.parameter = parameter
            $0.protoFile = files
            $0.fileToGenerate = only ?? files.compactMap(\.name)
        }
        return try CodeGeneratorResponse(decoding: CodeGenerator.respond(to: request.encoded()))
    }

    @Test("is what is checked in for every shape of field and method")
    func sample() throws {
        let response = try generate(descriptors("sample").file, "visibility=public,views=all")
        #expect(response.error == nil)
        #expect(response.file.map(\.name) == ["sample.pb.swift", "sample.views.pb.swift", "Descriptors.pb.swift"])
        for file in response.file {
            let expected = try checkedIn("Tests/RemitCodeGenTests/Golden/Generated/\(file.name ?? "")")
            #expect(file.content == expected, "\(file.name ?? "") differs: see the output of scripts/generate")
        }
    }

    @Test("is what the codec's tests are compiled with")
    func messages() throws {
        let response = try generate(descriptors("sample").file, "visibility=internal,emit=messages,views=all")
        #expect(response.file.map(\.name) == ["sample.pb.swift", "sample.views.pb.swift"])
        for file in response.file {
            #expect(try file.content == checkedIn("Tests/RemitWireTests/Generated/\(file.name ?? "")"))
        }
    }

    @Test("is the generator's own: it writes the types that it reads with")
    func fixpoint() throws {
        let response = try generate(descriptors("plugin").file, "visibility=package,emit=messages")
        #expect(response.file.map(\.name) == ["descriptor.pb.swift", "plugin.pb.swift"])
        for file in response.file {
            #expect(try file.content == checkedIn("Sources/RemitCodeGen/Generated/\(file.name ?? "")"))
        }
    }

    @Test("is written only for the files that are asked for")
    func selection() throws {
        let files = try descriptors("plugin").file
        let response = try generate(files, "emit=messages", only: ["google/protobuf/compiler/plugin.proto"])
        #expect(response.file.map(\.name) == ["plugin.pb.swift"])
    }

    @Test("carries its descriptor, comments left out")
    func embeddedDescriptor() throws {
        let file = try #require(try descriptors("sample").file.first)
        let golden = try checkedIn("Tests/RemitCodeGenTests/Golden/Generated/sample.pb.swift")
        let block = try #require(golden.components(separatedBy: "base64: \"\"\"").last)
        let base64 = try #require(block.components(separatedBy: "\"\"\"").first)
        let embedded = EmbeddedDescriptor(file: "", dependencies: [], base64: base64)
        var expected = file
        expected.sourceCodeInfo = nil
        #expect(try FileDescriptorProto(decoding: embedded.bytes) == expected)
    }

    @Test(
        "is refused with a sentence for what it can't be",
        arguments: ["visibility=secret", "emit=", "views=some", "colour=red", "x"])
    func unknownOption(_ parameter: String) throws {
        let response = try generate(descriptors("sample").file, parameter)
        #expect(response.error?.contains("Unknown option") == true)
        #expect(response.file.isEmpty)
    }
}
