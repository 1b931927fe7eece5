/// A value as it comes from the parser: finished, or one of the two scalars that mean something only as a key.
enum ComposedItem {
  case node(YAMLNode)
  /// An untagged `<<`, or `!!merge`.
  case mergeKey(SourceMark)
  /// An untagged `=`, or `!!value`.
  case defaultKey(SourceMark)

  /// The item as a value.
  func value() throws(YAMLError) -> YAMLNode {
    switch self {
    case .node(let node): return node
    case .mergeKey(let mark):
      throw YAMLError("'<<' merges mappings and is only allowed as a key; quote it to mean the text", at: mark)
    case .defaultKey(let mark): throw YAMLError("a lone '=' is reserved in YAML; quote it to mean the text", at: mark)
    }
  }

  /// Types a scalar by its tag or, where it has none and is plain, by its text.
  init(scalar: UnsafeBufferPointer<UInt8>, tag: String?, isPlain: Bool, mark: SourceMark) throws(YAMLError) {
    let type: ScalarTag
    if let tag {
      guard let known = ScalarTag(tag: tag) else {
        if ScalarTag.isKnown(tag) {
          throw YAMLError("a single value cannot have the tag \(quoting: ScalarTag.shown(tag))", at: mark)
        }
        throw YAMLError("the tag \(quoting: ScalarTag.shown(tag)) is not known", at: mark)
      }
      type = known
    } else {
      type = isPlain ? ScalarTag(implicit: ScalarType(resolving: scalar)) : .string
    }
    switch type {
    case .merge: self = .mergeKey(mark)
    case .value: self = .defaultKey(mark)
    default: self = .node(YAMLNode(try type.content(of: scalar, at: mark), mark: mark))
    }
  }
}

/// The tags that a scalar can have, and how each makes a value of a text.
enum ScalarTag: String {
  case null, bool, int, float, timestamp, binary, merge, value
  case string = "str"

  private static let prefix = "tag:yaml.org,2002:"
  private static let collections: Set<String> = ["map", "seq", "set", "omap", "pairs"]

  init?(tag: String) {
    guard tag.hasPrefix(Self.prefix) else { return nil }
    self.init(rawValue: String(tag.dropFirst(Self.prefix.count)))
  }

  init(implicit type: ScalarType) {
    self =
      switch type {
      case .null: .null
      case .bool: .bool
      case .int: .int
      case .float: .float
      case .timestamp: .timestamp
      case .merge: .merge
      case .value: .value
      case .string: .string
      }
  }

  /// Whether YAML 1.1 has the tag, for a scalar or for a collection.
  static func isKnown(_ tag: String) -> Bool {
    ScalarTag(tag: tag) != nil || tag.hasPrefix(prefix) && collections.contains(String(tag.dropFirst(prefix.count)))
  }

  /// The tag as an author writes it: `!!int`.
  static func shown(_ tag: String) -> String {
    tag.hasPrefix(prefix) ? "!!\(tag.dropFirst(prefix.count))" : tag
  }

  func content(of bytes: UnsafeBufferPointer<UInt8>, at mark: SourceMark) throws(YAMLError) -> YAMLNode.Content {
    switch self {
    case .null: return .null
    case .bool:
      switch String(decoding: bytes, as: UTF8.self).lowercased() {
      case "yes", "true", "on": return .bool(true)
      case "no", "false", "off": return .bool(false)
      default: throw YAMLError("\(quoting: Self.quoted(bytes)) is not a boolean", at: mark)
      }
    case .int:
      if let value = Self.smallInt(bytes) { return .int(value) }
      do { return try ScalarNumbers.int(String(decoding: bytes, as: UTF8.self)) } catch {
        throw YAMLError(error.message, at: mark)
      }
    case .float:
      do { return .double(try ScalarNumbers.float(String(decoding: bytes, as: UTF8.self))) } catch {
        throw YAMLError(error.message, at: mark)
      }
    case .timestamp:
      do { return .timestamp(try YAMLTimestamp.parse(bytes, implicit: false)) } catch {
        switch error {
        case .noTimestamp: throw YAMLError("\(quoting: Self.quoted(bytes)) is not a timestamp", at: mark)
        case .outOfRange(let sentence): throw YAMLError(YAMLWords(sentence), at: mark)
        }
      }
    case .binary:
      guard bytes.allSatisfy({ $0 < 0x80 }), let decoded = Base64.decode(bytes) else {
        throw YAMLError("the value is not valid base64", at: mark)
      }
      return .binary(decoded)
    case .string, .merge, .value: return .string(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// A short decimal number, the usual case.
  private static func smallInt(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = bytes.first, bytes.count == 1 || first != UInt8(ascii: "0"), bytes.count <= 18 else { return nil }
    var value = 0
    for byte in bytes {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  private static func quoted(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    ScalarNumbers.quoted(String(decoding: bytes, as: UTF8.self))
  }
}
