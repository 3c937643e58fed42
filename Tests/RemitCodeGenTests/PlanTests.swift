import RemitCodeGen
import RemitWire
import Testing

@Suite("Plan")
struct PlanTests {
    private func plan(_ file: FileDescriptorProto) throws -> Plan {
        try Plan(
            .with {
                $0.protoFile = [file]
                $0.fileToGenerate = [file.name ?? ""]
            })
    }

    private func file(_ syntax: String, _ fields: [FieldDescriptorProto]) -> FileDescriptorProto {
        .with {
            $0.name = "a.proto"
            $0.package = "a"
            $0.syntax = syntax
            $0.messageType = [
                .with {
                    $0.name = "M"
                    $0.field = fields
                }
            ]
        }
    }

    private func field(
        _ type: FieldDescriptorProto.Type_, _ label: FieldDescriptorProto.Label = .optional, optional: Bool = false
    ) -> FieldDescriptorProto {
        .with {
            $0.name = "f"
            $0.number = 1
            $0.type = type
            $0.label = label
            if optional { $0.proto3Optional = true }
            if type == .message { $0.typeName = ".a.M" }
        }
    }

    private func cardinality(_ syntax: String, _ field: FieldDescriptorProto) throws -> FieldPlan.Cardinality? {
        try plan(file(syntax, [field])).files.first?.messages.first?.fields.first?.cardinality
    }

    @Test("gives scalars presence in proto2, and in proto3 where it is asked for")
    func presence() throws {
        #expect(try cardinality("proto2", field(.int32)) == .optional)
        #expect(try cardinality("proto2", field(.int32, .required)) == .optional)
        #expect(try cardinality("proto3", field(.int32)) == .implicit)
        #expect(try cardinality("proto3", field(.int32, optional: true)) == .optional)
        #expect(try cardinality("proto3", field(.message)) == .optional)
    }

    @Test("packs numbers by default in proto3 alone, and strings never")
    func packing() throws {
        #expect(try cardinality("proto3", field(.int32, .repeated)) == .repeated(packed: true))
        #expect(try cardinality("proto2", field(.int32, .repeated)) == .repeated(packed: false))
        #expect(try cardinality("proto3", field(.string, .repeated)) == .repeated(packed: false))
        var unpacked = field(.int32, .repeated)
        unpacked.options = .with { $0.packed = false }
        #expect(try cardinality("proto3", unpacked) == .repeated(packed: false))
    }

    @Test("tells a message that contains itself from one that lists itself")
    func recursion() throws {
        let inPlace = try plan(file("proto3", [field(.message)]))
        #expect(inPlace.files.first?.messages.first?.fields.first?.isRecursive == true)
        let listed = try plan(file("proto3", [field(.message, .repeated)]))
        #expect(listed.files.first?.messages.first?.fields.first?.cardinality == .repeated(packed: false))
    }

    @Test("refuses groups, editions and methods that take a stream")
    func refusals() {
        #expect(throws: GenerationError.self) { try plan(file("proto2", [field(.group)])) }
        #expect(throws: GenerationError.self) { try plan(file("editions", [])) }
        var streaming = file("proto3", [])
        streaming.service = [
            .with {
                $0.name = "S"
                $0.method = [
                    .with {
                        $0.name = "Upload"
                        $0.clientStreaming = true
                    }
                ]
            }
        ]
        #expect(throws: GenerationError("a.S.Upload takes a stream, which isn't supported.")) { try plan(streaming) }
    }
}
