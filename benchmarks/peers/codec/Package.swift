// swift-tools-version: 6.2
import PackageDescription

/// Remit's codec beside swift-protobuf, in one process.
let package = Package(
    name: "codec-peer",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "remit", path: "../../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    ],
    targets: [
        .executableTarget(
            name: "codec-peer",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "RemitAPI", package: "remit"),
                .product(name: "RemitWire", package: "remit"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Sources/CodecPeer",
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
