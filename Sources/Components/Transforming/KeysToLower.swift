import ConnectorModel
import JSON
import Jinja

/// Turns the names of the top-level fields into lower case.
struct KeysToLower: Component, RecordTransformation {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    record.rebuild { object in
      // Where names clash, the one that has to change wins.
      for (key, value) in object {
        let lower = key.pythonLowercased
        if lower == key { continue }
        object[key] = nil
        object[lower] = value
      }
    }
  }
}
