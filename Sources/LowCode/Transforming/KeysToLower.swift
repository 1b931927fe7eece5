import JSON

/// Turns the names of the top-level fields into lower case.
struct KeysToLower: Component, RecordTransformation {
  init(from node: ComponentNode, in context: BuildContext) throws {}

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    record.rebuild { object in
      var lowered = JSONObject(minimumCapacity: object.count)
      for (key, value) in object { lowered[key.lowercased()] = value }
      object = lowered
    }
  }
}
