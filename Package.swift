// swift-tools-version: 6.2
import PackageDescription

/// The house as a table: each row is a module and all that it may import (a test holds the sources to it).
///
/// Rows are ordered by layer; a module imports only rows above its own. ARCHITECTURE.md says what each is for.
enum Kind { case library, published, executable, system }

struct Row {
    var name: String
    var kind: Kind = .library
    var modules: [String] = []
    var products: [Target.Dependency] = []
    var path: String?
    /// What lies among the sources and isn't compiled with them.
    var exclude: [String] = []
}

func product(_ name: String, _ package: String) -> Target.Dependency { .product(name: name, package: package) }

let nioCore = product("NIOCore", "swift-nio")
let nioPosix = product("NIOPosix", "swift-nio")
let nioHTTP1 = product("NIOHTTP1", "swift-nio")
let nioEmbedded = product("NIOEmbedded", "swift-nio")
let nioSSL = product("NIOSSL", "swift-nio-ssl")
let nioTLS = product("NIOTLS", "swift-nio")
let crypto = product("Crypto", "swift-crypto")
let asyncHTTPClient = product("AsyncHTTPClient", "async-http-client")
let hummingbird = product("Hummingbird", "hummingbird")
let hummingbirdCore = product("HummingbirdCore", "hummingbird")
let hummingbirdTLS = product("HummingbirdTLS", "hummingbird")
let certificates = product("X509", "swift-certificates")
let asn1 = product("SwiftASN1", "swift-asn1")
let log = product("Logging", "swift-log")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let unixSignals = product("UnixSignals", "swift-service-lifecycle")
let configuration = product("Configuration", "swift-configuration")
let argumentParser = product("ArgumentParser", "swift-argument-parser")
let deque = product("DequeModule", "swift-collections")
let heap = product("HeapModule", "swift-collections")
let histogram = product("Histogram", "hdrhistogram-swift")

let rows: [Row] = [
    // Layer 0: values
    Row(name: "RemitWire", kind: .published),
    Row(name: "RemitDomain"),
    // Layer 1: pure machines and contracts
    Row(name: "RemitFrame", modules: ["RemitWire"]),
    Row(name: "RemitRPC", kind: .published, modules: ["RemitWire"]),
    Row(name: "RemitAPI", kind: .published, modules: ["RemitWire", "RemitRPC"]),
    Row(name: "RemitStripe", modules: ["RemitDomain"], products: [crypto]),
    // Layer 2: one kind of I/O each
    Row(name: "CSQLite", kind: .system),
    Row(name: "RemitStorage", modules: ["RemitDomain", "CSQLite"], products: [crypto]),
    Row(
        name: "RemitTransport", modules: ["RemitWire", "RemitFrame", "RemitRPC"],
        products: [nioCore, nioPosix, nioTLS, nioSSL, log]),
    Row(
        name: "RemitStripeHTTP", modules: ["RemitDomain", "RemitStripe"],
        products: [asyncHTTPClient, nioCore, nioHTTP1, log]),
    Row(name: "RemitStripeSimulator", modules: ["RemitDomain", "RemitStripe"]),
    Row(
        name: "RemitStripeSimulatorHTTP", modules: ["RemitDomain", "RemitStripe", "RemitStripeSimulator"],
        products: [hummingbird, hummingbirdCore, asyncHTTPClient, nioCore, nioHTTP1, nioSSL, log]),
    // Layer 3: behaviour
    Row(name: "RemitTenant", modules: ["RemitDomain", "RemitStorage"], products: [deque, heap, log]),
    Row(
        name: "RemitService",
        modules: ["RemitWire", "RemitAPI", "RemitRPC", "RemitDomain", "RemitTenant"], products: [log]),
    Row(
        name: "RemitHTTP", modules: ["RemitWire", "RemitAPI", "RemitRPC", "RemitDomain", "RemitStripe", "RemitTenant"],
        products: [hummingbird, hummingbirdCore, hummingbirdTLS, lifecycle, nioCore, nioSSL, log]),
    Row(
        name: "RemitClient", kind: .published, modules: ["RemitWire", "RemitAPI", "RemitRPC", "RemitTransport"],
        products: [nioCore]),
    // Layer 4: composition
    Row(
        name: "RemitServer",
        modules: [
            "RemitWire", "RemitDomain", "RemitFrame", "RemitRPC", "RemitAPI", "RemitStripe", "RemitStorage",
            "RemitTransport", "RemitStripeHTTP", "RemitStripeSimulator", "RemitStripeSimulatorHTTP", "RemitTenant",
            "RemitService", "RemitHTTP", "RemitClient",
        ],
        products: [
            configuration, lifecycle, unixSignals, certificates, asn1, crypto, asyncHTTPClient, log, nioCore, nioHTTP1,
            nioPosix, nioSSL,
        ]),
    Row(
        name: "remit", kind: .executable, modules: ["RemitServer", "RemitClient", "RemitAPI", "RemitRPC", "RemitWire"],
        products: [argumentParser, log]),
    // Tools and tests
    Row(
        name: "remit-load", kind: .executable, modules: ["RemitClient", "RemitAPI", "RemitRPC", "RemitWire"],
        products: [histogram, argumentParser], path: "benchmarks/load"),
    Row(name: "RemitCodeGen", modules: ["RemitWire"]),
    Row(name: "protoc-gen-remit", kind: .executable, modules: ["RemitCodeGen", "RemitWire"]),
    Row(name: "RemitTesting", modules: ["RemitDomain", "RemitRPC"]),
    Row(name: "RemitPowerCut", modules: ["CSQLite", "RemitTesting"]),
    Row(
        name: "remit-guards", kind: .executable,
        modules: [
            "RemitClient", "RemitAPI", "RemitRPC", "RemitWire", "RemitDomain", "RemitStripe", "RemitStorage",
            "RemitTransport", "RemitStripeSimulator", "RemitTenant", "RemitService", "RemitTesting",
        ],
        products: [nioCore, nioPosix, nioSSL, log], path: "benchmarks/guards",
        exclude: ["allocations.c", "thresholds.txt"]),
]

/// Test targets: what each one tests, and what else it needs.
let tests: [Row] = [
    Row(name: "TidyTests"),
    Row(name: "RemitWireTests", modules: ["RemitWire", "RemitTesting"], exclude: ["Conformance"]),
    Row(name: "RemitDomainTests", modules: ["RemitDomain", "RemitTesting"]),
    Row(name: "RemitFrameTests", modules: ["RemitFrame", "RemitWire", "RemitTesting"]),
    Row(name: "RemitRPCTests", modules: ["RemitRPC", "RemitAPI", "RemitWire", "RemitTesting"]),
    Row(name: "RemitCodeGenTests", modules: ["RemitCodeGen", "RemitWire"], exclude: ["Golden"]),
    Row(name: "RemitStripeTests", modules: ["RemitStripe", "RemitDomain", "RemitTesting"]),
    Row(
        name: "RemitStripeSimulatorTests",
        modules: [
            "RemitStripeSimulator", "RemitStripeSimulatorHTTP", "RemitStripeHTTP", "RemitStripe", "RemitDomain",
            "RemitTesting",
        ], products: [asyncHTTPClient, hummingbird, nioCore, nioPosix, nioSSL, log]),
    Row(name: "RemitStorageTests", modules: ["RemitStorage", "RemitDomain", "CSQLite", "RemitTesting"]),
    Row(name: "RemitPowerCutTests", modules: ["RemitPowerCut", "CSQLite", "RemitTesting"]),
    Row(
        name: "RemitTransportTests",
        modules: [
            "RemitTransport", "RemitFrame", "RemitRPC", "RemitAPI", "RemitWire", "RemitClient", "RemitTesting",
        ],
        products: [nioCore, nioPosix, nioSSL, nioEmbedded, certificates, asn1, crypto]),
    Row(
        name: "RemitTenantTests",
        modules: [
            "RemitTenant", "RemitStorage", "RemitDomain", "RemitAPI", "RemitWire", "RemitStripe",
            "RemitStripeSimulator", "RemitService", "RemitTesting", "RemitPowerCut",
        ], products: [log]),
    Row(
        name: "RemitServiceTests",
        modules: ["RemitService", "RemitTenant", "RemitDomain", "RemitRPC", "RemitAPI", "RemitWire", "RemitTesting"],
        products: [log]),
    Row(
        name: "RemitServerTests",
        modules: [
            "RemitServer", "RemitClient", "RemitAPI", "RemitRPC", "RemitWire", "RemitDomain", "RemitFrame",
            "RemitTransport", "RemitStripe", "RemitStripeSimulator", "RemitStripeSimulatorHTTP", "RemitStripeHTTP",
            "RemitStorage", "RemitTenant", "RemitService", "RemitHTTP", "RemitTesting",
        ], products: [asyncHTTPClient, nioCore, nioEmbedded, nioHTTP1, nioPosix, nioSSL, log]),
    Row(
        name: "RemitLoadTests", modules: ["remit-load", "RemitAPI", "RemitRPC", "RemitWire"],
        products: [argumentParser, histogram]),
]

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func target(_ row: Row) -> Target {
    let dependencies = row.modules.map { Target.Dependency.byName(name: $0) } + row.products
    switch row.kind {
    case .library, .published:
        return .target(name: row.name, dependencies: dependencies, path: row.path, swiftSettings: settings)
    case .executable:
        return .executableTarget(
            name: row.name, dependencies: dependencies, path: row.path, exclude: row.exclude, swiftSettings: settings)
    case .system:
        return .systemLibrary(name: row.name, pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])])
    }
}

let package = Package(
    name: "remit",
    platforms: [.macOS(.v26)],
    products: rows.filter { $0.kind == .published }.map { .library(name: $0.name, targets: [$0.name]) }
        + rows.filter { $0.kind == .executable }.map { .executable(name: $0.name, targets: [$0.name]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: rows.map(target)
        + tests.map { row in
            .testTarget(
                name: row.name,
                dependencies: row.modules.map { Target.Dependency.byName(name: $0) } + row.products,
                exclude: row.exclude,
                swiftSettings: settings)
        }
)
