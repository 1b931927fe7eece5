import AirbyteProtocol
import ConnectorModel
import JSON
import OrderedCollections

/// An endpoint as people write it: `/v1/authors`, `POST /search`, `writers=GET /v1/authors?state=all`.
package struct EndpointNotation: Sendable, Equatable {
  package var name: String
  package var method: String
  package var path: String
  /// What follows the path behind `?`.
  package var parameters: [RequestParameter]

  /// - Throws: ``ConnectorError`` that says how it should be written.
  package init(_ text: String) throws(ConnectorError) {
    func mistake(_ reason: String) -> ConnectorError {
      ConnectorError(.config, "The endpoint `\(text)` cannot be used: \(reason)")
    }
    var rest = text.trimmed[...]
    var given: String?
    if let sign = rest.firstIndex(of: "="), !rest[..<sign].contains(where: { "/ ?".contains($0) }) {
      given = String(rest[..<sign]).trimmed
      rest = rest[rest.index(after: sign)...]
    }
    var words = rest.split(separator: " ", maxSplits: 1).map(String.init)
    method = words.count == 2 ? words.removeFirst().uppercased() : "GET"
    guard let word = words.first?.trimmed, !word.isEmpty else { throw mistake("it has no path, such as `/v1/authors`") }
    guard ["GET", "POST"].contains(method) else { throw mistake("its method should be GET or POST") }
    guard !word.contains(" ") else { throw mistake("a path has no blanks; it should look like `name=GET /v1/authors`") }
    guard !word.contains("://") else { throw mistake("it should be a path below the address of the API, such as `/v1/authors`") }
    let parts = word.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    path = parts[0].hasPrefix("/") || parts[0].isEmpty ? parts[0] : "/" + parts[0]
    parameters = parts.count == 2 ? Self.parameters(parts[1]) : []
    name = given.map(ConnectorNames.snake) ?? Self.name(of: path)
    if name.isEmpty { throw mistake("its stream needs a name, as in `authors=\(word)`") }
  }

  static func parameters(_ query: String) -> [RequestParameter] {
    QueryText(query).fields.compactMap { field in
      field.name.isEmpty ? nil : RequestParameter(RequestPlace(.query, field.name), .literal(.string(field.value ?? "")))
    }
  }

  /// The name of the stream that a path has: its last word that is not a placeholder, a version or a file's ending.
  package static func name(of path: String) -> String {
    let segments = path.split(separator: "?").first?.split(separator: "/").map(String.init) ?? []
    let words = segments.filter { !$0.contains("{") }.map { segment in
      segment.split(separator: ".").count == 2 && ["json", "xml", "csv", "php"].contains(segment.split(separator: ".")[1])
        ? String(segment.split(separator: ".")[0]) : segment
    }
    let fitting = words.last { word in
      !["list", "search", "query", "all", "index", "api", "rest"].contains(word.lowercased()) && !isVersion(word)
    }
    return ConnectorNames.snake(fitting ?? words.last ?? "")
  }

  static func isVersion(_ word: String) -> Bool {
    let rest = word.lowercased().drop { $0 == "v" }
    return !rest.isEmpty && rest.allSatisfy { $0.isNumber || $0 == "." || $0 == "-" }
  }
}

/// Finds the parents of streams by their paths: `/authors/{author_id}/books` is asked for each record of the stream of `/authors`.
package enum ParentInference {
  /// - Parameter description: its streams get their partitions.
  package static func complete(_ description: inout ConnectorDescription) {
    for number in description.streams.indices {
      let stream = description.streams[number]
      let open = TemplateText.placeholders(of: stream.path).filter { !stream.gives($0, among: description.streams) }
      // The innermost placeholder leads to the parent, whose own parents give the others.
      guard let name = open.last, let prefix = prefix(of: stream.path, before: name),
        let parent = description.streams.first(where: {
          $0.name != stream.name && shape($0.path) == shape(prefix) && $0.job == nil
        })
      else { continue }
      description.streams[number].partitions.append(
        .parent(stream: parent.name, key: key(of: parent, for: name), field: name))
    }
    for stream in description.streams {
      let open = TemplateText.placeholders(of: stream.path).filter { !stream.gives($0, among: description.streams) }
      for name in open where !description.configFields.contains(where: { $0.key == name }) {
        description.configFields.append(
          ConfigField(name, explanation: "It is part of the path \(stream.path)."))
      }
    }
  }

  /// The path up to a placeholder.
  private static func prefix(of path: String, before name: String) -> String? {
    guard let range = path.firstRange(of: "{\(name)}") else { return nil }
    var prefix = String(path[..<range.lowerBound])
    while prefix.hasSuffix("/") { prefix.removeLast() }
    return prefix.isEmpty ? nil : prefix
  }

  /// A path without the names of its placeholders.
  private static func shape(_ path: String) -> String {
    var text = TemplateText.filled(path) { _ in "{}" }
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  /// The field of the parent's records that a placeholder means.
  static func key(of parent: StreamDescription, for placeholder: String) -> String {
    let fields = parent.schema?["properties"]?.object?.keys.map { $0 } ?? []
    if fields.contains(placeholder), !parent.primaryKey.contains(placeholder) { return placeholder }
    // `author_id` is `id` of an author, and `repo_name` is its `name`.
    let word = placeholder.split(separator: "_").last.map(String.init) ?? placeholder
    if parent.primaryKey.count == 1 {
      if fields.contains(word), !["id", "key", "uuid"].contains(word) { return word }
      return parent.primaryKey[0]
    }
    return fields.contains(word) ? word : parent.primaryKey.first ?? "id"
  }
}
