import LowCode

/// The components of `Benchmarks/components.py` in Swift, by the names of their classes in Python.
@main
enum Components {
  static func main() {
    var components = ComponentRegistry.standard
    func add(_ type: any Component.Type, _ name: String) {
      components.register(type, asClass: "source_declarative_manifest.components.\(name)")
    }
    add(Badge.self, "Badge")
    add(Total.self, "Total")
    add(Rows.self, "Rows")
    LowCode.main(components: components)
  }
}

/// A login that is a header.
private struct Badge: Component, Authenticator {
  private let badge: String

  init(from node: ComponentNode, in scope: BuildScope) throws { badge = try node.string("badge") }

  func credentials() async throws -> RequestParts {
    var parts = RequestParts()
    parts.headers["X-Badge"] = .string(badge)
    return parts
  }
}

/// Adds a field that is computed from two others.
private struct Total: Component, RecordTransformation {
  private let field: String

  init(from node: ComponentNode, in scope: BuildScope) throws { field = try node.string("field") }

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    guard let amount = record[field: "amount"]?.double, let quantity = record[field: "quantity"]?.double else { return }
    record[field: field] = .double(amount * quantity)
  }
}

/// Finds records by a key.
private struct Rows: Component, RecordExtractor {
  private let key: String

  init(from node: ComponentNode, in scope: BuildScope) throws { key = try node.string("key") }

  func forEachItem(
    in body: JSONView, making place: RecordWorkplace?, _ take: (ExtractedItem) async throws -> Void
  ) async throws {
    for record in body[key]?.elements ?? [] { try await take(.view(record)) }
  }
}
