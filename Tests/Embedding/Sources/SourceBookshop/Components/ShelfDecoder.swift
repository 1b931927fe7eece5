import LowCode

/// Reads the answer about a shelf as the books on it.
struct ShelfDecoder: Component, Decoder {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func decode(_ response: HTTPResponse) async throws -> DecodedBody {
    guard let books = response.json?["books"] else { return .many([]) }
    return .elements(of: books)
  }
}
