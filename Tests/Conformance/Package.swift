// swift-tools-version: 6.2
import PackageDescription

// The testee of protobuf's conformance suite. scripts/conformance copies this package to .build-conformance, adds
// the code generated from the suite's own .proto files, and links RemitWire's sources: nothing else is needed.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "remit-conformance",
    platforms: [.macOS(.v26)],
    targets: [
        .target(name: "RemitWire", swiftSettings: settings),
        .executableTarget(name: "remit-conformance", dependencies: ["RemitWire"], swiftSettings: settings),
    ]
)
