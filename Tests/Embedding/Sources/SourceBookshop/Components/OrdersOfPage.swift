import LowCode

/// Finds the orders of a page, each with the number of all orders that the page states once.
struct OrdersOfPage: Component, RecordExtractor {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func records(in body: JSONView) throws -> [JSONValue] {
    let total = body["total"]?.value ?? .null
    return (body["data"]?["orders"]?.elements ?? []).map { order in
      var record = order.value.object ?? [:]
      record["total"] = total
      return .object(record)
    }
  }
}
