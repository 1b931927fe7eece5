import Foundation
import LowCode

/// The bookshop as a connector.
public enum SourceBookshop {
  /// What the manifest may name besides the components of the language.
  public static let components = ComponentRegistry.standard.adding(SignedRequests.self, PriceInCents.self)

  /// The connector for the shop at an address.
  public static func connector(at address: String) throws -> Connector {
    let manifest = try Manifest(contentsOf: Bundle.module.bundleURL.appending(path: "manifest.yaml"))
    let config: JSONObject = [
      "base_url": .string(address), "token": "bookshop-token", "start_date": "2024-01-01T00:00:00Z",
    ]
    return Connector(manifest, config: config, components: components)
  }

  /// What is wrong with the manifest, and what is questionable.
  public static func findings() async -> [Finding] {
    await ManifestChecker(components: components)
      .check(contentsOf: Bundle.module.bundleURL.appending(path: "manifest.yaml").path)
  }
}
