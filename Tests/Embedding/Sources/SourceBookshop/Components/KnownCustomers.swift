import LowCode

/// Keeps the orders whose customer can be written to.
struct KnownCustomers: Component, RecordCondition {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func keeps(_ record: Record, slice: StreamSlice) throws -> Bool { record[field: "customer"]?["email"]?.string != nil }
}
