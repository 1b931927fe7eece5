// swift-tools-version: 6.1
import PackageDescription

/// The runtime: what every command is built on, from the manifest to the engine.
let runtime: [Target.Dependency] = [
  "Essentials", "Concurrency", "Secrets", "Manifest", "ConnectorModel", "Templating", "HTTP", "Components", "Engine",
]

let package = Package(
  name: "airbyte-lowcode",
  // Mutex and Atomic of the module Synchronization need it.
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "LowCode", targets: ["LowCode"]),
    .executable(name: "airbyte-lowcode", targets: ["airbyte-lowcode"]),
  ],
  traits: [
    .default(enabledTraits: ["URLSession"]),
    .trait(
      name: "URLSession",
      description: "The transport by Foundation's URLSession. On Linux it brings all of Foundation and ICU along, some 20 MB."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CExhaustion"),
    .target(name: "CMemory"),
    .target(name: "CRevision"),
    .target(name: "CScan"),
    .target(name: "CSeal"),
    .target(name: "CSpawn"),
    .target(name: "CTables", exclude: ["ascii", "hosts", "zones"]),
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "Essentials"),
    .target(name: "Bytes", dependencies: ["COpenSSL", "CTables", "CZlib", "Essentials"]),
    .target(name: "Python", dependencies: ["Bytes", "CPCRE2"]),
    .target(name: "YAML", dependencies: ["CLibYAML", "Python"]),
    .target(
      name: "JSON",
      dependencies: [
        "Essentials", "CExhaustion", "CMemory", "CScan", "Bytes", "Python",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(name: "JSONSchema", dependencies: ["Essentials", "Python", "JSON"]),
    .target(name: "PythonTime", dependencies: ["Essentials", "Python"]),
    .target(
      name: "Jinja",
      dependencies: [
        "Essentials", "Python", "JSON", "PythonTime",
        .product(name: "BigInt", package: "BigInt"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "AirbyteProtocol", dependencies: ["JSON", .product(name: "OrderedCollections", package: "swift-collections")]),
    .target(
      name: "Concurrency",
      dependencies: ["Essentials", "CExhaustion", "CMemory", .product(name: "DequeModule", package: "swift-collections")]),
    .target(name: "Secrets", dependencies: ["Essentials", "Bytes", "Python", "YAML", "JSON", "Jinja"]),
    .target(
      name: "Manifest",
      dependencies: [
        "Essentials", "Bytes", "YAML", "JSON", "JSONSchema", "AirbyteProtocol", "Secrets",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      plugins: ["EmbedSchema"]),
    .target(
      name: "ConnectorModel",
      dependencies: [
        "Essentials", "CMemory", "Bytes", "Python", "PythonTime", "YAML", "JSON", "Jinja", "AirbyteProtocol", "Concurrency",
        "Secrets",
        "Manifest", .product(name: "BigInt", package: "BigInt"), .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "Templating",
      dependencies: [
        "Essentials", "Bytes", "Python", "PythonTime", "YAML", "JSON", "Jinja", "AirbyteProtocol", "Manifest", "ConnectorModel",
        .product(name: "BigInt", package: "BigInt"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "HTTP",
      dependencies: [
        "Essentials", "CCurl", "CExpat", "COpenSSL", "CZlib", "Bytes", "Python", "PythonTime", "JSON", "Jinja", "AirbyteProtocol",
        "Concurrency",
        "Secrets", "Manifest", "ConnectorModel", .product(name: "DequeModule", package: "swift-collections"),
      ]),
    .target(
      name: "Components",
      dependencies: [
        "Essentials", "COpenSSL", "CZlib", "Bytes", "Python", "PythonTime", "YAML", "JSON", "JSONSchema", "Jinja",
        "AirbyteProtocol",
        "Concurrency", "Secrets", "Manifest", "ConnectorModel", "Templating", "HTTP",
        .product(name: "BigInt", package: "BigInt"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "Engine",
      dependencies: [
        "Essentials", "Bytes", "Python", "YAML", "JSON", "JSONSchema", "Jinja", "AirbyteProtocol", "Concurrency", "Secrets",
        "Manifest",
        "ConnectorModel", "Templating", "HTTP", "Components",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(name: "Processes", dependencies: ["Essentials", "CSpawn", "Bytes"]),
    .target(
      name: "PythonComponents",
      dependencies: [
        "Essentials", "Bytes", "Processes", "JSON", "Jinja", "AirbyteProtocol", "Concurrency", "Secrets", "Manifest",
        "ConnectorModel",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      resources: ["host.py", "gather.py", "slim-requirements.txt"].map { .embedInCode("Resources/\($0)") }),
    .target(
      name: "Packaging",
      dependencies: ["Bytes", "YAML", "JSON", "CSeal", "CZlib"]),
    .target(
      name: "Traffic",
      dependencies: runtime + [
        "CZlib", "Bytes", "Python", "PythonTime", "YAML", "JSON", "JSONSchema", "Jinja", "AirbyteProtocol",
        .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "Validation",
      dependencies: runtime + [
        "Bytes", "AirbyteProtocol", "Python", "YAML", "JSON", "JSONSchema", "PythonTime", "Jinja", "PythonComponents",
      ]),
    .target(
      name: "Authoring",
      dependencies: runtime + [
        "Bytes", "Python", "PythonTime", "YAML", "JSON", "JSONSchema", "Jinja", "AirbyteProtocol", "Traffic", "Validation",
      ],
      resources: [.embedInCode("Testing/Resources/tests.schema.json")]),
    .target(
      name: "LanguageServer",
      dependencies: [
        "Essentials", "ConnectorModel", "Engine", "JSON", "JSONSchema", "Jinja", "Manifest", "Templating", "YAML", "Validation",
        "Authoring",
      ]),
    .target(
      name: "OpenAPI",
      dependencies: [
        "Essentials", "Bytes", "Python", "PythonTime", "YAML", "JSON", "JSONSchema", "Secrets", "Manifest", "ConnectorModel",
        "Templating",
        "Traffic", "Validation",
      ]),
    .target(
      name: "Scaffolding",
      dependencies: runtime + [
        "Bytes", "Python", "PythonTime", "YAML", "JSON", "JSONSchema", "Jinja", "AirbyteProtocol", "Traffic", "Validation",
        "Authoring", "OpenAPI",
      ]),
    .target(
      name: "SignIn",
      dependencies: runtime + ["Bytes", "Python", "PythonTime", "JSON", "Jinja", "AirbyteProtocol", "Traffic"]),
    .target(
      name: "Programs",
      dependencies: runtime + ["CSpawn", "Bytes", "Processes", "YAML", "JSON", "JSONSchema", "Jinja", "AirbyteProtocol"],
      resources: ["process_source", "combined_source"].map { .embedInCode("Resources/\($0).schema.json") }),
    .target(
      name: "Singer",
      dependencies: runtime + [
        "CMemory", "CScan", "Bytes", "Python", "PythonTime", "YAML", "JSON", "JSONSchema", "Jinja", "AirbyteProtocol", "Programs",
      ],
      resources: [.embedInCode("Resources/singer_source.schema.json")]),
    .target(
      name: "Sharding",
      dependencies: runtime + [
        "Bytes", "Python", "PythonTime", "YAML", "JSON", "Jinja", "AirbyteProtocol", "Traffic", "Authoring",
      ]),
    .target(
      name: "Commands",
      dependencies: runtime + [
        "CExpat", "CLibYAML", "COpenSSL", "CPCRE2", "CRevision", "CZlib", "Bytes", "PythonTime", "AirbyteProtocol", "JSON",
        "YAML",
        "PythonComponents", "Packaging", "Traffic", "Validation", "Authoring", "Jinja", "LanguageServer",
        "OpenAPI", "Scaffolding", "SignIn", "Programs", "Singer", "Sharding",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "LowCode",
      dependencies: runtime + [
        "Commands", "AirbyteProtocol", "JSON", "Jinja", "YAML", "Validation",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ], exclude: ["public-api.txt"]),
    .executableTarget(name: "airbyte-lowcode", dependencies: ["Commands", "ConnectorModel", "Engine"]),
    .executableTarget(
      name: "example-api",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ]),
    .executableTarget(name: "embed-schema", dependencies: ["Bytes", "Essentials", "YAML"], path: "Sources/EmbedTool"),
    .plugin(name: "EmbedSchema", capability: .buildTool(), dependencies: ["embed-schema"], path: "Sources/EmbedPlugin"),
    .testTarget(name: "BytesTests", dependencies: ["Bytes", "Essentials"]),
    .testTarget(
      name: "AuthoringTests",
      dependencies: runtime + ["Authoring", "Bytes", "AirbyteProtocol", "JSON", "JSONSchema", "YAML", "Traffic"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "LanguageServerTests",
      dependencies: [
        "LanguageServer", "Validation", "ConformanceCases", "Components", "ConnectorModel", "Engine", "Programs", "Singer",
        "JSON",
        "YAML",
      ]),
    .testTarget(name: "PythonTests", dependencies: ["Python"], exclude: ["Fixtures"]),
    .testTarget(name: "YAMLTests", dependencies: ["YAML"]),
    .testTarget(name: "JSONTests", dependencies: ["JSON"]),
    .testTarget(name: "JSONSchemaTests", dependencies: ["Python", "JSONSchema"], exclude: ["Fixtures"]),
    .testTarget(name: "PythonTimeTests", dependencies: ["PythonTime"], exclude: ["Fixtures"]),
    .testTarget(
      name: "JinjaTests", dependencies: ["Jinja", "JSON", "PythonTime", .product(name: "BigInt", package: "BigInt")],
      exclude: ["Fixtures"]),
    .target(name: "ConformanceCases", dependencies: ["YAML", "JSON"], path: "Tests/ConformanceCases"),
    .target(name: "CVerifying", path: "Tests/CVerifying", linkerSettings: [.linkedLibrary("crypto")]),
    .testTarget(
      name: "LowCodeTests",
      dependencies: runtime + [
        "CVerifying", "CZlib", "Bytes", "Python", "YAML", "JSON", "JSONSchema", "Jinja", "PythonTime", "AirbyteProtocol",
      ],
      exclude: [
        "Authentication/Fixtures", "Incremental/Fixtures", "Interpolation/Fixtures", "Manifest/Fixtures", "Selecting/Fixtures",
      ]),
    .testTarget(
      name: "PythonComponentsTests",
      dependencies: ["PythonComponents", "AirbyteProtocol", "ConnectorModel", "Manifest", "JSON", "YAML"]),
    .testTarget(name: "PackagingTests", dependencies: ["Packaging", "Bytes", "JSON", "CSeal", "CZlib"]),
    .testTarget(
      name: "ValidationTests",
      dependencies: runtime + ["ConformanceCases", "Bytes", "Validation", "JSON", "JSONSchema"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "CommandLineTests", dependencies: runtime + ["airbyte-lowcode", "Commands", "Traffic", "Validation", "JSON"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TrafficTests",
      dependencies: runtime + ["Traffic", "AirbyteProtocol", "Bytes", "JSON", "Jinja", "YAML"]),
    .testTarget(
      name: "OpenAPITests",
      dependencies: runtime + [
        "OpenAPI", "Scaffolding", "Traffic", "Validation", "AirbyteProtocol", "JSON", "YAML",
      ], exclude: ["Fixtures"]),
    .testTarget(
      name: "ScaffoldingTests",
      dependencies: runtime + [
        "Scaffolding", "OpenAPI", "Authoring", "Packaging", "Traffic", "Validation", "Bytes", "JSON", "YAML",
      ]),
    .testTarget(
      name: "SignInTests",
      dependencies: runtime + ["SignIn", "Traffic", "AirbyteProtocol", "Bytes", "JSON", "Jinja", "YAML"]),
    .testTarget(name: "ProgramsTests", dependencies: runtime + ["Programs", "AirbyteProtocol", "Bytes", "JSON", "YAML"]),
    .testTarget(
      name: "SingerTests", dependencies: runtime + ["Singer", "Programs", "AirbyteProtocol", "Bytes", "JSON", "YAML"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "ShardingTests",
      dependencies: runtime + ["Sharding", "ConformanceCases", "Traffic", "AirbyteProtocol", "Bytes", "JSON", "YAML"]),
    .testTarget(name: "LowCodeAPITests", dependencies: ["LowCode"]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: runtime + [
        "ConformanceCases", "JSON", "Jinja", "AirbyteProtocol", "PythonComponents", "Traffic", "Sharding",
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// `make bench` and `make instructions` set this variable; no other build needs these. They are not in a package of their own,
// because they use the `package` API of the targets above.
if Context.environment["AIRBYTE_LOWCODE_BENCHMARKS"] != nil {
  package.targets += [
    .executableTarget(name: "bench-components", dependencies: ["LowCode"], path: "Benchmarks/Components"),
    .executableTarget(name: "bench-floor", dependencies: ["JSON", "CZlib"], path: "Benchmarks/Floor"),
    .executableTarget(
      name: "bench-instructions", dependencies: runtime + ["JSON", "AirbyteProtocol"], path: "Benchmarks/Instructions"),
  ]
}

// `make test-conformance` sets this variable: with optimization, these tests take a fraction of the time, and no others are built.
if Context.environment["AIRBYTE_LOWCODE_CONFORMANCE"] != nil {
  package.targets.removeAll { $0.type == .test && $0.name != "ConformanceTests" }
}

// A file has the methods of the modules that it imports, and no others. Without this, all of Foundation came along with a package
// that imports it, and with it ICU.
for target in package.targets where [.regular, .executable].contains(target.type) {
  target.swiftSettings = (target.swiftSettings ?? []) + [.enableUpcomingFeature("MemberImportVisibility")]
}
