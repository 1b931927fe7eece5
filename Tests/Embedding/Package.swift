// swift-tools-version: 6.1
import PackageDescription

// A connector in a package of its own, as an application has it: `make test-embedding` builds and runs it.
let package = Package(
  name: "embedding",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "airbyte-lowcode", path: "../..")],
  targets: [
    .target(
      name: "SourceBookshop", dependencies: [.product(name: "LowCode", package: "airbyte-lowcode")],
      resources: [.copy("manifest.yaml")]),
    .executableTarget(name: "embedding", dependencies: ["SourceBookshop"]),
    .executableTarget(
      name: "source-bookshop", dependencies: ["SourceBookshop", .product(name: "LowCode", package: "airbyte-lowcode")]),
  ],
  swiftLanguageModes: [.v6]
)
