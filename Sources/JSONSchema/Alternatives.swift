import JSON

/// Names what an `anyOf` or a `oneOf` takes, for the message where a value fits none of it.
enum Alternatives {
  /// So many forms are named.
  private static let most = 8
  /// An object of whose properties one is enough is named by each of them, if there are at most so many.
  private static let mostProperties = 6

  /// The forms as a list of words, such as "'mock', a list of objects or {replay: …}"; nil where one of them has no short name.
  /// - Parameter schemas: the value of the keyword.
  static func names(of schemas: JSONValue) -> String? {
    guard let schemas = schemas.array, schemas.count > 1 else { return nil }
    var names: [String] = []
    for schema in schemas {
      guard let forms = forms(of: schema) else { return nil }
      names += forms.filter { !names.contains($0) }
    }
    if names.count > most { names = names.prefix(most) + ["\(names.count - most) others"] }
    guard let last = names.last, names.count > 1 else { return names.first }
    return names.dropLast().joined(separator: ", ") + (names.count > most ? " and " : " or ") + last
  }

  private static func forms(of schema: JSONValue) -> [String]? {
    if let title = schema["title"]?.string { return [title] }
    if let value = schema["const"] { return [ValidationError.whole(value)] }
    if let values = schema["enum"]?.array, values.count <= most { return values.map(ValidationError.whole) }
    let isObject = schema["type"] == nil || schema["type"] == "object"
    if isObject, let required = schema["required"]?.array?.compactMap(\.string), !required.isEmpty {
      return ["{\(required.map { "\($0): …" }.joined(separator: ", "))}"]
    }
    guard let type = schema["type"] else { return nil }
    if isObject, schema["minProperties"] == 1, let names = schema["properties"]?.object?.keys, names.count <= mostProperties {
      return names.map { "{\($0): …}" }
    }
    if type == "array" {
      guard let inner = schema["items"]?["type"]?.string else { return ["a list"] }
      return ["a list of \(inner == "boolean" ? "truth value" : inner)s"]
    }
    return [ValidationError.typeNames(type)]
  }
}
