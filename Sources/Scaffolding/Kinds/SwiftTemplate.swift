import ConnectorModel
import JSON

/// A Swift package with an authenticator of its own: a program that has every command of `airbyte-lowcode`, and its manifest.
package struct SwiftTemplate: Sendable {
  package let folder: ConnectorFolder
  /// The name that the manifest has for the class of the authenticator.
  package let className: String
  /// The manifest's path below the folder.
  package let manifestPath = "manifest.yaml"

  /// - Parameters:
  ///   - description: of the API; its authentication becomes the package's own.
  ///   - package: the folder or the address of the package `airbyte-lowcode`.
  package init(_ description: ConnectorDescription, package: String) {
    let names = ConnectorNames(description.name)
    let files = SwiftFiles(
      names: names, package: package,
      className: "source_\(ConnectorNames.snake(names.slug)).components.\(SwiftFiles.authenticator)")
    className = files.className
    var described = description
    // One secret, which the authenticator of the package reads.
    described.authentication = .bearer
    described.notes.append(
      Note(.authentication, "A class of this package: Sources/\(names.module)/\(SwiftFiles.authenticator).swift."))
    var other = ConnectorFiles(described)
    other.tags = ["language:swift", "cdk:low-code"]
    other.checkedPath = nil
    var list = other.files.filter { ![".github/workflows/ci.yml", "README.md"].contains($0.path) }
    list.insert(.init("manifest.yaml", Self.manifest(described, className: files.className)), at: 0)
    list.append(.init("README.md", ReadmeFile(files: other).text + files.readme))
    self.folder = ConnectorFolder(list + files.files(of: described))
  }

  /// The manifest with the package's own authenticator.
  private static func manifest(_ description: ConnectorDescription, className: String) -> String {
    ManifestWriter(description).text.replacing(
      "      type: BearerAuthenticator\n", with: "      type: CustomAuthenticator\n      class_name: \(className)\n"
    ).replacing("    type: BearerAuthenticator\n", with: "    type: CustomAuthenticator\n    class_name: \(className)\n")
  }
}

/// Takes the place of an authenticator that is not compiled yet, so that a manifest which names it can be tried.
package struct UnsignedRequests: Component, Authenticator {
  package init(from node: ComponentNode, in scope: BuildScope) throws {}
  package func sign(_ request: inout HTTPRequest) async throws {}
}

/// The Swift files of a connector.
struct SwiftFiles: Sendable {
  static let authenticator = "SignedRequests"

  let names: ConnectorNames
  let package: String
  let className: String

  func files(of description: ConnectorDescription) -> [ConnectorFolder.File] {
    [
      .init("Package.swift", manifest), .init("Sources/\(names.module)/\(names.module).swift", components),
      .init("Sources/\(names.module)/\(Self.authenticator).swift", authenticatorText),
      .init("Sources/\(names.source)/Program.swift", program),
      .init("Tests/\(names.module)Tests/\(names.module)Tests.swift", tests(description)),
      .init(".github/workflows/ci.yml", workflow),
    ]
  }

  private var isFolder: Bool { !package.contains("://") && !package.hasPrefix("git@") }

  private var manifest: String {
    let place = JSONValue.string(package).jsonText
    let dependency =
      isFolder ? ".package(name: \"airbyte-lowcode\", path: \(place))" : ".package(url: \(place), from: \"0.1.0\")"
    return """
      // swift-tools-version: 6.1
      import PackageDescription

      let package = Package(
        name: "\(names.source)",
        platforms: [.macOS(.v15)],
        dependencies: [\(dependency)],
        targets: [
          .target(name: "\(names.module)", dependencies: [.product(name: "LowCode", package: "airbyte-lowcode")]),
          .executableTarget(
            name: "\(names.source)", dependencies: ["\(names.module)", .product(name: "LowCode", package: "airbyte-lowcode")]),
          .testTarget(
            name: "\(names.module)Tests", dependencies: ["\(names.module)", .product(name: "LowCode", package: "airbyte-lowcode")]),
        ],
        swiftLanguageModes: [.v6]
      )

      """
  }

  private var components: String {
    """
    import LowCode

    /// \(names.title) as a connector.
    public enum \(names.module) {
      /// What the manifest may name besides the components of the language.
      public static let components: ComponentRegistry = {
        var components = ComponentRegistry.standard
        components.register(\(Self.authenticator).self, asClass: "\(className)")
        return components
      }()
    }

    """
  }

  private var authenticatorText: String {
    """
    import LowCode

    /// Signs each request with the token of the config, and says when it was made. What your API wants instead belongs here.
    struct \(Self.authenticator): Component, Authenticator {
      private let token: Template
      private let runtime: RuntimeEnvironment

      init(from node: ComponentNode, in scope: BuildScope) throws {
        token = try node.template("api_token", in: scope)
        runtime = scope.runtime
      }

      func sign(_ request: inout HTTPRequest) async throws {
        request.setHeader("Authorization", "Bearer \\(try token.text())")
        request.setHeader("X-Timestamp", String(runtime.now() / 1_000_000))
      }
    }

    """
  }

  private var program: String {
    """
    import LowCode
    import \(names.module)

    /// Every command of airbyte-lowcode, with the components of this package: `\(names.source) read manifest.yaml --config config.json`.
    @main
    enum Program {
      static func main() { LowCode.main(components: \(names.module).components) }
    }

    """
  }

  private func tests(_ description: ConnectorDescription) -> String {
    let config = JSONValue.object(ConnectorFiles(description).exampleConfig.json).jsonText
    let name = JSONValue.string(description.checkedStreamName ?? "").jsonText
    return """
      import Essentials
      import LowCode
      import Synchronization
      import Testing

      @testable import \(names.module)

      @Suite struct \(names.module)Tests {
        /// The folder of the package.
        private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
        private static let manifest = root.appending(path: "manifest.yaml")

        @Test func theManifestIsValid() async {
          let findings = await ManifestChecker(components: \(names.module).components).check(contentsOf: Self.manifest.path)
          #expect(findings.isEmpty, "\\(findings)")
        }

        /// Requests are signed: an API that takes the place of the network says what it was asked.
        @Test func requestsAreSigned() async throws {
          let api = API()
          let config = try JSONValue(parsing: #"\(config)"#).object ?? [:]
          let connector = Connector(
            try Manifest(contentsOf: Self.manifest), config: config, components: \(names.module).components,
            runtime: Runtime(now: { 1_750_000_000_000_000 }, sleep: { _ in }, transport: api))
          do { for try await _ in connector.read(.streams(\(name))) {} } catch is IncompleteRead {}
          let request = try #require(api.requests.first)
          #expect(request.header("Authorization") == "Bearer your-api-token")
          #expect(request.header("X-Timestamp") == "1750000000")
        }
      }

      /// Answers every request with an empty list, and keeps what it was asked.
      private final class API: Transport {
        private let kept = Mutex<[HTTPRequest]>([])

        var requests: [HTTPRequest] { kept.withLock { $0 } }

        func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
          kept.withLock { $0.append(request) }
          return HTTPResponse(status: 200, headers: [("Content-Type", "application/json")], body: Data("{}".utf8), url: request.url)
        }
      }

      """
  }

  private var workflow: String {
    """
    name: CI
    on:
      push:
      pull_request:
    permissions:
      contents: read
    jobs:
      test:
        runs-on: ubuntu-latest
        container: swift:6.1
        steps:
          - uses: actions/checkout@v4
          - name: Install the libraries of airbyte-lowcode
            run: apt-get update && apt-get install -y libyaml-dev zlib1g-dev libpcre2-dev libexpat1-dev libssl-dev libcurl4-openssl-dev
          - run: swift build
          - run: swift test
          - run: swift run \(names.source) validate --strict --format github manifest.yaml
          - run: swift run \(names.source) test --no-creds --junit

    """
  }

  var readme: String {
    """

    ## The package

    `Sources/\(names.module)/\(Self.authenticator).swift` is the authenticator, which the manifest names by its class. The program has every
    command of `airbyte-lowcode`, with it: read `\(names.source)` wherever `airbyte-lowcode` stands above.

    ```sh
    swift build
    swift test
    swift run \(names.source) test
    swift run \(names.source) package manifest.yaml  # one executable of program and manifest
    ```

    """
  }
}
