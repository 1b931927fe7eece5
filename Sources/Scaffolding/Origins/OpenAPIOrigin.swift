import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Manifest
import OpenAPI

/// Begins a connector from an OpenAPI document: its authentication, and a stream for each list that it describes.
package enum OpenAPIOrigin {
  /// - Parameters:
  ///   - path: of the document.
  ///   - only: which operations are wanted, as in `GET /v1/*`; none for all.
  /// - Throws: `ManifestError` for what is not a document, ``ConnectorError`` for one without a list.
  package static func read(_ path: String, only: [String] = []) throws -> Origin {
    try read(try OpenAPIDocument(path: path), only: only)
  }

  /// The same for a document that was read already.
  package static func read(_ document: OpenAPIDocument, only: [String] = []) throws -> Origin {
    let path = document.name
    let found = StreamFinder.find(in: document, only: OperationFilter(only))
    guard !found.streams.isEmpty else {
      // What could not be followed is mostly the reason.
      guard document.warnings.isEmpty else {
        throw ManifestError(document.warnings + [nothing(in: found.api, path, only).diagnostic])
      }
      throw nothing(in: found.api, path, only)
    }
    let file = path.lastPathPart
    let description = description(of: found, origin: "\(file) (OpenAPI \(document.version.rawValue))")
    return Origin(description, problems: document.warnings.map(\.description))
  }

  private static func nothing(in api: DescribedAPI, _ path: String, _ only: [String]) -> ConnectorError {
    let wanted = OperationFilter(only)
    if !only.isEmpty, !api.operations.contains(where: wanted.keeps) {
      let patterns = only.map { "'\($0)'" }.joined(separator: ", ")
      let paths = api.operations.map(\.path)
      let near = only.first.flatMap { text in
        NameSuggestion.nearest(to: text.split(separator: " ").last.map(String.init) ?? text, among: paths)
      }
      return ConnectorError(
        .config, "No request of \(path) fits \(patterns)\(near.map { ". Did you mean '\($0)'?" } ?? "")")
    }
    return ConnectorError(
      .config,
      "No GET request of \(path) is answered with a list of objects, so there is no stream to begin with. Describe one with --endpoint"
    )
  }

  /// The description of a connector for what was found.
  package static func description(of found: FoundAPI, origin: String) -> ConnectorDescription {
    var description = ConnectorDescription(
      name: name(of: found.api), summary: found.api.summary.flatMap { PlainText.sentence(of: $0) },
      documentation: found.api.documentation, origin: origin, baseAddress: found.base.address)
    description.authentication = authentication(of: found)
    let keys = inputKeys(of: found, description.authentication)
    description.configFields = (found.base.inputs + found.inputs).map { field($0, named: keys[$0.key] ?? $0.key) }
    let fields = partitionFields(of: found.streams)
    description.streams = found.streams.map { stream($0, fields, keys) }
    description.notes =
      found.base.notes.map { Note(.baseAddress, $0) } + found.authentication.notes.map { Note(.authentication, $0) }
      + found.notes.map { Note(.head, $0) }
    return description
  }

  /// The title without words that each title has.
  private static func name(of api: DescribedAPI) -> String {
    var words = api.title.split { $0.isWhitespace || $0 == "-" }.map(String.init)
    let empty: Set<String> = [
      "api", "apis", "rest", "openapi", "swagger", "the", "public", "specification", "documentation", "reference",
    ]
    func isEmpty(_ word: String) -> Bool {
      let lower = word.lowercased().trimmed(.punctuation)
      return lower.isEmpty || empty.contains(lower) || lower.allSatisfy { $0.isNumber || $0 == "." || $0 == "v" } || lower == "v"
    }
    while words.count > 1, let last = words.last, isEmpty(last) { words.removeLast() }
    while words.count > 1, let first = words.first, isEmpty(first) { words.removeFirst() }
    return words.isEmpty ? "API" : words.joined(separator: " ")
  }

  // MARK: Config

  /// Other keys for inputs that are called like a field which the authentication or the cursors bring along.
  private static func inputKeys(of found: FoundAPI, _ authentication: AuthenticationDescription) -> [String: String] {
    var reserved = Set(authentication.fields.map(\.key))
    if found.streams.contains(where: { $0.cursor != nil }) { reserved.insert(ConfigKeys.startDate) }
    let clashes = found.inputs.map(\.key).filter(reserved.contains).map { ($0, "requested_\($0)") }
    // Airbyte's connector tests count fields of these names as secrets, which a part of a path is not.
    let ids = found.inputs.filter { !$0.isSecret && ["app_id", "tenant_id"].contains($0.key) }
      .map { ($0.key, "id_of_\($0.key.dropLast("_id".count))") }
    return Dictionary(clashes + ids, uniquingKeysWith: { first, _ in first })
  }

  private static func field(_ input: FoundInput, named key: String) -> ConfigField {
    let values = input.choices.compactMap { fitted($0, to: input.type) }
    func allowed(_ value: JSONValue?) -> JSONValue? {
      value.flatMap { fitted($0, to: input.type) }.flatMap { values.isEmpty || values.contains($0) ? $0 : nil }
    }
    return ConfigField(
      key, type: input.type, explanation: input.note, isSecret: input.isSecret, isRequired: input.isRequired,
      defaultValue: allowed(input.value), values: values, example: allowed(input.example), pattern: input.pattern)
  }

  /// A value in the type that its schema says: documents write the number 123 where a text is asked for.
  /// - Returns: nil for one that cannot be in it.
  private static func fitted(_ value: JSONValue, to type: String) -> JSONValue? {
    switch (type, value) {
    case ("string", .string), ("integer", .int), ("number", .int), ("number", .double), ("number", .number), ("boolean", .bool),
      ("array", .array):
      value
    case ("string", .int), ("string", .double), ("string", .number), ("string", .bool): .string(value.jsonText)
    case ("integer", .string(let text)): Int(text).map { .int($0) }
    case ("number", .string(let text)): Double(text).map { .double($0) }
    case ("boolean", .string("true")): true
    case ("boolean", .string("false")): false
    default: nil
    }
  }

  // MARK: Authentication

  private static func authentication(of found: FoundAPI) -> AuthenticationDescription {
    switch found.authentication.kind {
    case .none: return .none
    case .bearer: return .bearer
    case .basic(let hasPassword): return .basic(hasPassword: hasPassword)
    case .keys(let keys):
      return .keys(
        keys.map { key in
          let place: AuthenticationDescription.APIKey.Place =
            switch key.place {
            case .header: .header
            case .query: .query
            case .cookie: .cookie
            }
          return .init(place, key.name, prefix: key.prefix)
        })
    case .oauth2(let flow, let tokenURL):
      let grant: AuthenticationDescription.OAuthDescription.Grant =
        switch flow.name {
        case "clientCredentials": .clientCredentials
        case "password": .password
        default: .refreshToken
        }
      return .oauth(
        .init(
          grant, tokenAddress: absolute(tokenURL, found.base.address),
          consentAddress: flow.authorizationURL.map { absolute($0, found.base.address) }, scopes: flow.scopes))
    }
  }

  /// An address that may be relative to that of the API.
  private static func absolute(_ url: String, _ base: String) -> String {
    if url.contains("://") { return BaseFinder.secured(url) }
    if url.hasPrefix("//") { return "https:" + url }
    guard url.hasPrefix("/") else { return "\(base)/\(url)" }
    guard let scheme = base.firstRange(of: "://") else { return (base.split(separator: "/").first.map(String.init) ?? "") + url }
    let host = base[scheme.upperBound...].prefix { $0 != "/" }
    return "\(base[..<scheme.upperBound])\(host)\(url)"
  }

  // MARK: Streams

  /// What the partition of each stream is called: a name that no parent of it has for its own.
  private static func partitionFields(of streams: [FoundStream]) -> [String: String] {
    let parents = Dictionary(
      streams.compactMap { stream in
        stream.pathValues.compactMap { value -> (String, String, String)? in
          if case .parent(let parent, _) = value.source { (stream.name, parent, value.name) } else { nil }
        }.first
      }.map { ($0.0, (parent: $0.1, parameter: $0.2)) }, uniquingKeysWith: { first, _ in first })
    var fields: [String: String] = [:]
    func field(of name: String) -> String? {
      if let known = fields[name] { return known }
      guard let (parent, parameter) = parents[name] else { return nil }
      var above: Set<String> = []
      var next: String? = parent
      while let current = next, above.count < 20 {
        if let own = field(of: current) { above.insert(own) }
        next = parents[current]?.parent
      }
      let plain = ConnectorNames.snake(parameter)
      let general = ["id", "name", "key", "number", "uuid", "slug"].contains(plain)
      var chosen = general || above.contains(plain) ? "\(FieldWords.singular(parent))_\(plain)" : plain
      while above.contains(chosen) { chosen += "_of_parent" }
      fields[name] = chosen
      return chosen
    }
    for stream in streams { _ = field(of: stream.name) }
    return fields
  }

  /// - Parameters:
  ///   - fields: what the partitions of streams are called.
  ///   - keys: the keys of the config for inputs that have another name there.
  private static func stream(_ found: FoundStream, _ fields: [String: String], _ keys: [String: String]) -> StreamDescription {
    var stream = StreamDescription(
      name: found.name,
      summary: (found.operation.summary ?? found.operation.note).flatMap { PlainText.sentence(of: $0) }, path: found.path,
      recordPath: found.recordPath, primaryKey: found.primaryKey, schema: found.schema)
    for value in found.pathValues {
      let place = RequestPlace(.path, value.name)
      switch value.source {
      case .parent(let parent, let key):
        let field = fields[found.name] ?? value.name
        stream.partitions.append(.parent(stream: parent, key: key, field: field))
        if field != value.name { stream.parameters.append(RequestParameter(place, .partition(field))) }
      case .ancestor(let owner):
        stream.parameters.append(RequestParameter(place, .partition(fields[owner] ?? value.name)))
      case .input(let input):
        let key = keys[input] ?? input
        if key != value.name { stream.parameters.append(RequestParameter(place, .config(key))) }
      case .constant(let constant): stream.parameters.append(RequestParameter(place, .literal(constant)))
      }
    }
    for parameter in found.parameters {
      let place = RequestPlace(parameter.place == .header ? .header : .query, parameter.name)
      switch parameter.value {
      case .constant(let value): stream.parameters.append(RequestParameter(place, .literal(value)))
      case .input(let key): stream.parameters.append(RequestParameter(place, .config(keys[key] ?? key)))
      }
    }
    stream.paging = found.pages.map(paging)
    stream.cursor = found.cursor.map(cursor)
    stream.notes = found.notes.map { Note(place(of: $0.topic), $0.text) }
    return stream
  }

  private static func place(of topic: FoundNote.Topic) -> Note.Place {
    switch topic {
    case .stream: .stream
    case .request: .request
    case .records: .records
    case .primaryKey: .primaryKey
    case .pages: .paging
    case .cursor: .cursor
    case .path: .partitions
    case .schema: .schema
    }
  }

  private static func paging(_ pages: FoundPages) -> PagingDescription {
    func query(_ name: String) -> RequestPlace { RequestPlace(.query, name) }
    let strategy: PagingDescription.Strategy =
      switch pages.kind {
      case .linkHeader: .linkHeader
      case .nextAddress(let path): .nextAddress(path: path)
      case .token(let path, let parameter): .token(path: path, into: query(parameter))
      case .lastRecord(let field, let parameter): .lastRecord(field: field, into: query(parameter))
      case .page(let parameter, let first): .page(into: query(parameter), first: first)
      case .offset(let parameter): .offset(into: query(parameter))
      }
    let size = pages.size.flatMap { size in pages.sizeParameter.map { PagingDescription.PageSize(size, into: query($0)) } }
    return PagingDescription(strategy, pageSize: size, moreFlag: pages.moreFlag)
  }

  private static func cursor(_ found: FoundCursor) -> CursorDescription {
    CursorDescription(
      field: found.field, formats: found.formats, requestFormat: found.requestFormat,
      start: RequestPlace(.query, found.start), end: found.end.map { RequestPlace(.query, $0) }, granularity: found.granularity)
  }
}
