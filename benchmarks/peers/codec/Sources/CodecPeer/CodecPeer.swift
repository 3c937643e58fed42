import ArgumentParser
import Foundation
import RemitAPI
import RemitWire
import SwiftProtobuf

/// The command `codec-peer`.
@main
struct CodecPeer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec-peer", abstract: "Compare Remit's codec with swift-protobuf.")

    @Option(help: "Rounds; both sides are measured in each, in turns.")
    var rounds = 11
    @Option(help: "Milliseconds of one sample.")
    var sample = 50
    @Option(help: "File for the figures as JSON.")
    var json: String?
    @Option(help: "Folder for payment.bin and list.bin, for codecs of other languages; nothing is measured.")
    var writeSamples: String?

    func validate() throws {
        guard (1...1_000).contains(rounds), (1...10_000).contains(sample) else {
            throw ValidationError("--rounds must be 1 to 1000, --sample 1 to 10000.")
        }
    }

    func run() throws {
        let ours = Payment.sample(0)
        let theirs = Remit_V1_Payment.sample(0)
        var ourList = FindPaymentsResponse()
        ourList.payments = (0..<Sample.listCount).map(Payment.sample)
        var theirList = Remit_V1_FindPaymentsResponse()
        theirList.payments = (0..<Sample.listCount).map(Remit_V1_Payment.sample)
        // Each side reads what it wrote itself: a map's order on the wire is free.
        let ourBytes = ours.encoded()
        let theirBytes: [UInt8] = try theirs.serializedBytes()
        let ourListBytes = ourList.encoded()
        let theirListBytes: [UInt8] = try theirList.serializedBytes()
        try check(ours, theirs, ourBytes, theirBytes)
        try check(ourListBytes, theirListBytes)
        if let writeSamples {
            let folder = URL(fileURLWithPath: writeSamples)
            try Data(ourBytes).write(to: folder.appendingPathComponent("payment.bin"))
            try Data(ourListBytes).write(to: folder.appendingPathComponent("list.bin"))
            return
        }

        let stored = ourList.payments.map { $0.encoded() }
        guard Self.list(of: stored) == ourListBytes else {
            throw Mismatch("A list of stored payments differs from an encoded one; no figures were taken.")
        }

        let results = [
            try compare("encode payment", { ours.encoded().count }, { try theirs.bytes().count }),
            try compare(
                "decode payment", { try Payment(decoding: ourBytes).checksum },
                { try Remit_V1_Payment(serializedBytes: theirBytes).checksum }),
            try compare(
                "decode payment", of: .view,
                { try Payment.View(validating: ourBytes.span).checksum(ourBytes.span) },
                { try Remit_V1_Payment(serializedBytes: theirBytes).checksum }),
            try compare("encode list", { ourList.encoded().count }, { try theirList.bytes().count }),
            try compare("encode list", of: .stored, { Self.list(of: stored).count }, { try theirList.bytes().count }),
            try compare(
                "decode list", { try FindPaymentsResponse(decoding: ourListBytes).checksum },
                { try Remit_V1_FindPaymentsResponse(serializedBytes: theirListBytes).checksum }),
            try compare(
                "decode list", of: .view,
                { try FindPaymentsResponse.View(validating: ourListBytes.span).checksum(ourListBytes.span) },
                { try Remit_V1_FindPaymentsResponse(serializedBytes: theirListBytes).checksum }),
        ]
        let report = CodecReport(paymentBytes: ourBytes.count, listCount: Sample.listCount, results: results)
        FileHandle.standardOutput.write(Data(report.table.utf8))
        if let json { try report.write(to: json) }
    }

    /// The answer to a find as a server makes it: of payments' messages as they are stored.
    private static func list(of stored: [[UInt8]]) -> [UInt8] {
        var writer = WireWriter()
        for message in stored.reversed() { writer.writeField(1 << 3 | 2, encodedMessage: message) }
        return writer.array
    }

    /// Rounds of A B, B A, A B …: neither side is always the one that runs on a warmer machine.
    private func compare(
        _ name: String, of way: Comparison.Way = .message, _ ours: () throws -> Int, _ theirs: () throws -> Int
    ) throws -> Comparison {
        let watch = Stopwatch(sampleNanoseconds: Double(sample) * 1_000_000)
        let ourCalls = try watch.calls(of: ours)
        let theirCalls = try watch.calls(of: theirs)
        var result = Comparison(name, of: way)
        for round in 0..<rounds {
            if round.isMultiple(of: 2) {
                let first = try watch.measure(calls: ourCalls, ours)
                result.add(remit: first, swiftProtobuf: try watch.measure(calls: theirCalls, theirs))
            } else {
                let first = try watch.measure(calls: theirCalls, theirs)
                result.add(remit: try watch.measure(calls: ourCalls, ours), swiftProtobuf: first)
            }
        }
        return result
    }

    /// Both sides write the same message, and read each other's.
    private func check(
        _ ours: Payment, _ theirs: Remit_V1_Payment, _ ourBytes: [UInt8], _ theirBytes: [UInt8]
    ) throws {
        let same = try Payment(decoding: theirBytes) == ours && Remit_V1_Payment(serializedBytes: ourBytes) == theirs
        guard same, ourBytes.count == theirBytes.count, ours.checksum == theirs.checksum,
            try Payment.View(validating: ourBytes.span).checksum(ourBytes.span) == ours.checksum
        else {
            throw Mismatch("The two sides' payments differ; no figures were taken.")
        }
        guard (214...250).contains(ourBytes.count) else {
            throw Mismatch("The payment has \(ourBytes.count) bytes, not 214 to 250; no figures were taken.")
        }
    }

    private func check(_ ourBytes: [UInt8], _ theirBytes: [UInt8]) throws {
        let list = try FindPaymentsResponse(decoding: ourBytes)
        let view = try FindPaymentsResponse.View(validating: ourBytes.span)
        guard list == (try FindPaymentsResponse(decoding: theirBytes)), view.checksum(ourBytes.span) == list.checksum
        else {
            throw Mismatch("The two sides' lists differ; no figures were taken.")
        }
    }
}
