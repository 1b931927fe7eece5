/// A value of a YAML document and its position. Aliases of an anchor share one node.
package final class YAMLNode: Sendable {
  package let content: Content
  package let mark: SourceMark

  /// What a node holds, typed as PyYAML's `SafeLoader` types it.
  package enum Content: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// An integer beyond 64 bits, by its decimal digits.
    case bigInt(String)
    case double(Double)
    case string(String)
    indirect case timestamp(YAMLTimestamp)
    case binary([UInt8])
    case sequence([YAMLNode])
    /// The entries in the order in which their keys first appeared, merge keys applied, each key once.
    case mapping([YAMLEntry])
    /// The members of a `!!set`.
    case set([YAMLNode])
    /// The pairs of an `!!omap` or of `!!pairs`.
    case pairs([YAMLEntry])
  }

  package init(_ content: Content, mark: SourceMark) {
    self.content = content
    self.mark = mark
  }
}

/// A key and its value. The key is a node, so that it has a type and a mark.
package struct YAMLEntry: Sendable {
  package let key: YAMLNode
  package let value: YAMLNode

  package init(key: YAMLNode, value: YAMLNode) {
    self.key = key
    self.value = value
  }
}

extension YAMLNode {
  /// The kind of a node, with an article, for sentences: "a list", "a number", …
  package var kindName: String {
    switch content {
    case .null: "null"
    case .bool: "a boolean"
    case .int, .bigInt: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .timestamp(let timestamp): timestamp.time == nil ? "a date" : "a timestamp"
    case .binary: "binary data"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .set: "a set"
    case .pairs: "a list of pairs"
    }
  }
}
