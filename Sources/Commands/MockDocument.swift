import Essentials
import OpenAPI

/// Tells OpenAPI documents from the other files that a mock answers by.
enum MockDocument {
  /// What is larger is looked at no further: recordings are.
  private static let largest = 64 << 20

  /// - Returns: nil for a file that is something else.
  /// - Throws: `ManifestError` for a document that cannot be used.
  static func read(_ path: String) throws -> OpenAPIDocument? {
    guard [".yaml", ".yml", ".json"].contains(where: path.hasSuffix),
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int, size <= largest,
      let bytes = FileManager.default.contents(atPath: path), OpenAPIDocument.isDocument(Array(bytes))
    else { return nil }
    return try OpenAPIDocument(path: path)
  }
}
