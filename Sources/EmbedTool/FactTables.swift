import YAML

/// What the schema says of components by its own keywords, those with `x-`, as tables in Swift. The schema's head describes them.
struct FactTables {
  /// A dictionary or a set, by `Component.property` where nothing else is said.
  struct Table {
    let name: String
    let type: String
    let summary: String
    private(set) var rows: [String] = []
    private var keys: Set<String> = []

    init(_ name: String, _ type: String, _ summary: String) {
      self.name = name
      self.type = type
      self.summary = summary
    }

    /// - Parameter value: a Swift expression; nil in a set.
    mutating func add(_ key: String, _ value: String? = nil, at node: YAMLNode) throws(YAMLError) {
      guard keys.insert(key).inserted else { throw YAMLError("the schema says this twice of `\(key)`", at: node.mark) }
      rows.append(SwiftSource.literal(key) + (value.map { ": \($0)" } ?? ""))
    }
  }

  private var defaultTypes = Table("defaultTypes", "[String: String]", "`x-default-type`.")
  private var customTypes = Table("customTypes", "[String: String]", "`x-custom-type`.")
  private var templates = Table("templates", "[String: [String]]", "The variables of `interpolation_context` and `x-template`.")
  private var templatesWithin = Table("templatesWithin", "[String: [String: [String]]]", "`x-template-within`.")
  private var opaque = Table("opaque", "Set<String>", "`x-opaque`.")
  private var deferred = Table("deferred", "Set<String>", "`x-deferred`.")
  private var addresses = Table("addresses", "Set<String>", "`x-address`.")
  private var formerNames = Table(
    "formerNames", "[String: String]", "`x-former-names`: the present name by the component and a former name.")
  private var droppedTypes = Table(
    "droppedTypes", "[String: (version: String, last: String, remedy: String)]", "`x-dropped-types`, by the type.")

  var all: [Table] {
    [defaultTypes, customTypes, templates, templatesWithin, opaque, deferred, addresses, formerNames, droppedTypes]
  }

  /// - Throws: ``YAMLError`` for a keyword with `x-` that there is not, or not where it stands.
  init(of schema: YAMLNode) throws(YAMLError) {
    for (keyword, value) in try Self.members(of: schema) where keyword.hasPrefix("x-") {
      guard keyword == "x-dropped-types" else { throw Self.unknown(keyword, at: value) }
      for (type, facts) in try Self.members(of: value) { try add(droppedType: type, facts) }
    }
    try addProperties(of: "DeclarativeSource", schema)
    for (name, definition) in try Self.members(of: Self.member("definitions", of: schema)) {
      for (keyword, value) in try Self.members(of: definition) where keyword.hasPrefix("x-") && keyword != "x-undescribed" {
        throw Self.unknown(keyword, at: value)
      }
      try addProperties(of: name, definition)
    }
  }

  private mutating func addProperties(of component: String, _ schema: YAMLNode) throws(YAMLError) {
    let described = try Self.members(of: Self.member("properties", of: schema))
    for (name, property) in described { try add(component, name, property) }
    for (name, facts) in try Self.members(of: Self.member("x-undescribed", of: schema)) {
      if described.contains(where: { $0.key == name }) { throw YAMLError("`\(name)` is described", at: facts.mark) }
      for (keyword, value) in try Self.members(of: facts) where !keyword.hasPrefix("x-") {
        throw Self.unknown(keyword, at: value)
      }
      try add(component, name, facts)
    }
  }

  private mutating func add(_ component: String, _ name: String, _ property: YAMLNode) throws(YAMLError) {
    let key = "\(component).\(name)"
    var variables: [String]?
    for (keyword, value) in try Self.members(of: property) {
      switch keyword {
      case "interpolation_context", "x-template":
        let given = variables ?? []
        variables = given + (try Self.texts(value)).filter { !given.contains($0) }
      case "x-template-within":
        let rows = try Self.members(of: value).map { row throws(YAMLError) in
          "\(SwiftSource.literal(row.key)): \(SwiftSource.literal(try Self.texts(row.value)))"
        }
        try templatesWithin.add(key, "[\(rows.joined(separator: ", "))]", at: value)
      case "x-default-type": try defaultTypes.add(key, SwiftSource.literal(try Self.text(value)), at: value)
      case "x-custom-type": try customTypes.add(key, SwiftSource.literal(try Self.text(value)), at: value)
      case "x-opaque": try opaque.add(key, at: Self.affirmed(value))
      case "x-deferred": try deferred.add(key, at: Self.affirmed(value))
      case "x-address": try addresses.add(key, at: Self.affirmed(value))
      case "x-former-names":
        for former in try Self.texts(value) {
          try formerNames.add("\(component).\(former)", SwiftSource.literal(name), at: value)
        }
      default: if keyword.hasPrefix("x-") { throw Self.unknown(keyword, at: value) }
      }
    }
    if let variables { try templates.add(key, SwiftSource.literal(variables), at: property) }
  }

  private mutating func add(droppedType type: String, _ facts: YAMLNode) throws(YAMLError) {
    let members = try ["version", "last", "remedy"].map { name throws(YAMLError) in
      guard let member = try Self.member(name, of: facts) else {
        throw YAMLError("a dropped type needs `version`, `last` and `remedy`", at: facts.mark)
      }
      return SwiftSource.literal(try Self.text(member))
    }
    try droppedTypes.add(type, "(\(members.joined(separator: ", ")))", at: facts)
  }

  // MARK: Reading

  private static func unknown(_ keyword: String, at node: YAMLNode) -> YAMLError {
    YAMLError("there is no keyword `\(keyword)` here", at: node.mark)
  }

  private static func members(of node: YAMLNode?) throws(YAMLError) -> [(key: String, value: YAMLNode)] {
    guard let node else { return [] }
    guard case .mapping(let entries) = node.content else {
      throw YAMLError("a mapping is expected here, not \(node.kindName)", at: node.mark)
    }
    return try entries.map { entry throws(YAMLError) in (try text(entry.key), entry.value) }
  }

  private static func member(_ name: String, of node: YAMLNode) throws(YAMLError) -> YAMLNode? {
    try members(of: node).first { $0.key == name }?.value
  }

  private static func text(_ node: YAMLNode) throws(YAMLError) -> String {
    guard case .string(let text) = node.content else {
      throw YAMLError("a string is expected here, not \(node.kindName)", at: node.mark)
    }
    return text
  }

  private static func texts(_ node: YAMLNode) throws(YAMLError) -> [String] {
    guard case .sequence(let elements) = node.content else {
      throw YAMLError("a list is expected here, not \(node.kindName)", at: node.mark)
    }
    return try elements.map { element throws(YAMLError) in try text(element) }
  }

  /// The node of a keyword that is either true or left out.
  private static func affirmed(_ node: YAMLNode) throws(YAMLError) -> YAMLNode {
    guard case .bool(true) = node.content else {
      throw YAMLError("this keyword is true or left out", at: node.mark)
    }
    return node
  }
}
