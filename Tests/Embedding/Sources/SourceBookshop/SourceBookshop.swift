import Foundation
import LowCode

/// The bookshop as a connector.
public enum SourceBookshop {
  /// What the manifest may name besides the components of the language: one for each role.
  public static let components: ComponentRegistry = {
    var components = ComponentRegistry.standard
    for type in [
      FirstPage.self, KnownCustomers.self, MissingIsEmpty.self, OrderSchema.self, OrdersOfPage.self, Patience.self,
      ShelfDecoder.self, ShelfNumbers.self, Shelves.self, SinceMigration.self, TrimmedToken.self, UntilTotal.self,
      WebAddress.self, WholeNumbers.self,
    ] as [any Component.Type] {
      components.register(type)
    }
    components.register(SignedRequests.self, asClass: "source_bookshop.components.SignedRequests")
    components.register(PriceInCents.self, asClass: "source_bookshop.components.PriceInCents")
    return components
  }()

  static let manifest = Bundle.module.bundleURL.appending(path: "manifest.yaml")

  /// The connector for the shop at an address.
  public static func connector(at address: String) throws -> Connector {
    let config: JSONObject = [
      "base_url": .string(address), "token": "bookshop-token ", "start_date": "2024-01-01T00:00:00Z",
    ]
    return Connector(try Manifest(contentsOf: manifest), config: config, components: components)
  }

  /// What is wrong with the manifest, and what is questionable.
  public static func findings() async -> [Finding] {
    await ManifestChecker(components: components).check(contentsOf: manifest.path)
  }
}
