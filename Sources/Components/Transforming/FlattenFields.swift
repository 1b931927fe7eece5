import ConnectorModel
import JSON

/// Moves the fields of nested objects (and of lists, unless that is turned off) to the top level.
struct FlattenFields: Component, RecordTransformation {
  private let flattensLists: Bool

  init(from node: ComponentNode, in scope: BuildScope) throws {
    flattensLists = try node.bool("flatten_lists", default: true)
  }

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    record.rebuild { object in object = flattened(object) }
  }

  /// The last member is flattened first: a name that is taken already gets its parent's name in front.
  private func flattened(_ record: JSONObject) -> JSONObject {
    var stack: [(value: JSONValue, name: String)] = [(.object(record), "_")]
    var result: JSONObject = [:]
    var isInsideList = false
    while let (value, name) = stack.popLast() {
      switch value {
      case .object(let object):
        for (key, member) in object {
          stack.append((member, isInsideList || result[key] != nil ? "\(name).\(key)" : key))
        }
      case .array(let elements) where flattensLists:
        for (index, element) in elements.enumerated() {
          isInsideList = true
          stack.append((element, "\(name).\(index)"))
        }
      default: result[name] = value
      }
    }
    return result
  }
}
