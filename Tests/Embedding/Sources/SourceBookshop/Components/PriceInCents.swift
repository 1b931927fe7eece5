import LowCode

/// Replaces a price, an object with `amount` and `currency`, by its amount in cents.
struct PriceInCents: Component, RecordTransformation {
  private let field: String

  init(from node: ComponentNode, in scope: BuildScope) throws {
    field = try node.string("field")
  }

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    guard let amount = record[field: field]?["amount"]?.double else { return }
    record[field: field] = .int(Int((amount * 100).rounded()))
  }
}
