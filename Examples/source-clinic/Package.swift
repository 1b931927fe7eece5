// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "source-clinic",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "airbyte-lowcode", path: "../..")],
  targets: [
    .executableTarget(name: "source-clinic", dependencies: [.product(name: "LowCode", package: "airbyte-lowcode")])
  ],
  swiftLanguageModes: [.v6]
)
