import Bytes
import JSON
import Python

/// A partition by its content: equal whatever the order of its keys, and only if all texts have the same code points.
package struct PartitionKey: Sendable, Hashable {
  /// The partition with its keys sorted, as states show it.
  package let partition: JSONObject

  package init(_ partition: JSONObject) { self.partition = Self.sorted(partition) }

  package static func == (left: PartitionKey, right: PartitionKey) -> Bool {
    JSONValue.object(left.partition) == .object(right.partition)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(partition) }

  private static func sorted(_ object: JSONObject) -> JSONObject {
    var result = JSONObject(minimumCapacity: object.count)
    for (key, value) in object.sorted(by: { $0.key.precedesInPython($1.key) }) { result[key] = sorted(value) }
    return result
  }

  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object): .object(sorted(object))
    case .array(let elements): .array(elements.map(sorted))
    default: value
    }
  }
}

/// What distinguishes partitions if there may be too many to keep.
struct PartitionDigest: Sendable, Hashable {
  private let words: SIMD4<UInt64>

  init(_ key: PartitionKey) {
    let hash = HashFunction.sha256.hash(JSONValue.object(key.partition).jsonText.utf8)
    words = hash.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
  }
}
