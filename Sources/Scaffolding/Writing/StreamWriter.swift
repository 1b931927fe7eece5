import JSON

/// Writes one stream of a manifest.
struct StreamWriter: Sendable {
  let stream: StreamDescription
  let description: ConnectorDescription
  let config: ConfigKeys
  /// How the streams are called in the manifest's `definitions`.
  let keys: DefinitionKeys
  /// The paginator that is written once for several streams.
  let sharedPaging: PagingDescription?

  func notes(_ places: Note.Place...) -> [String] {
    places.flatMap { place in stream.notes.filter { $0.place == place }.map(\.text) }
  }

  private var completion: SchemaCompletion { SchemaCompletion(stream, among: description.streams) }

  var schema: JSONObject { completion.schema }

  var component: CommentedYAML {
    var yaml = CommentedYAML(type: "DeclarativeStream")
    yaml.add("name", .string(stream.name))
    if !stream.primaryKey.isEmpty {
      yaml.add("primary_key", .array(stream.primaryKey.map { .string($0) }), comments: notes(.primaryKey))
    }
    // What is left to decide stands where the decision would be added.
    var comments = stream.primaryKey.isEmpty ? notes(.primaryKey) : []
    if stream.paging == nil || stream.job != nil { comments += notes(.paging) }
    if stream.partitions.isEmpty { comments += notes(.partitions) }
    if stream.cursor == nil { comments += notes(.cursor) }
    yaml.add("retriever", retriever, comments: comments)
    if let cursor = stream.cursor { yaml.add("incremental_sync", cursor.component(config), comments: notes(.cursor)) }
    if !completion.addedFields.isEmpty {
      var addition = CommentedYAML(type: "AddFields")
      addition.add(
        "fields",
        .list(
          completion.addedFields.map { name, template in
            var field = CommentedYAML(type: "AddedFieldDefinition")
            field.add("path", [.string(name)])
            field.add("value", .string(template))
            return field
          }))
      yaml.add("transformations", .list([addition]))
    }
    var loader = CommentedYAML(type: "InlineSchemaLoader")
    loader.add("schema", reference: "#/schemas/\(keys[stream.name])")
    yaml.add("schema_loader", loader)
    return yaml
  }

  /// What stands above the stream.
  var comments: [String] {
    (stream.summary.map { [$0] } ?? []) + notes(.head, .stream, .baseAddress, .authentication, .config)
  }

  /// What stands above its schema.
  var schemaComments: [String] {
    let unknown =
      "The fields are not known yet: `airbyte-lowcode test-read --config secrets/config.json --stream \(stream.name) --merge-schema` adds them."
    return notes(.schema) + (stream.schema == nil ? [unknown] : [])
  }

  // MARK: The retriever

  private var retriever: CommentedYAML {
    if let job = stream.job { return jobRetriever(job) }
    var yaml = CommentedYAML(type: "SimpleRetriever")
    yaml.add("requester", requester(stream.path, method: stream.method, sends: true), comments: notes(.request))
    if let decoder { yaml.add("decoder", decoder) }
    yaml.add("record_selector", selector, comments: notes(.records))
    if let paging = stream.paging, paging == sharedPaging {
      yaml.add("paginator", reference: "#/definitions/paginator", comments: notes(.paging))
    } else if let paging = stream.paging {
      yaml.add("paginator", paging.component, comments: notes(.paging))
    }
    addPartitions(to: &yaml)
    return yaml
  }

  func addPartitions(to yaml: inout CommentedYAML) {
    let routers = stream.partitions.map(router)
    if routers.count > 1 {
      yaml.add("partition_router", .list(routers), comments: notes(.partitions))
    } else if let router = routers.first {
      yaml.add("partition_router", router, comments: notes(.partitions))
    }
  }

  private func router(_ partition: PartitionDescription) -> CommentedYAML {
    switch partition {
    case .parent(let name, let key, let field):
      var parent = CommentedYAML(type: "ParentStreamConfig")
      parent.add("stream", reference: "#/definitions/streams/\(keys[name])")
      parent.add("parent_key", .string(key))
      parent.add("partition_field", .string(field))
      var router = CommentedYAML(type: "SubstreamPartitionRouter")
      router.add("parent_stream_configs", .list([parent]))
      return router
    case .list(let values, let field):
      var router = CommentedYAML(type: "ListPartitionRouter")
      router.add("cursor_field", .string(field))
      router.add("values", .array(values.map { .string(TemplateText.verbatim($0)) }))
      return router
    case .configList(let key, let field):
      var router = CommentedYAML(type: "ListPartitionRouter")
      router.add("cursor_field", .string(field))
      router.add("values", .string(config.template(key)))
      return router
    }
  }

  var selector: CommentedYAML {
    var extractor = CommentedYAML(type: "DpathExtractor")
    extractor.add("field_path", .array(stream.recordPath.map { .string($0) }))
    var yaml = CommentedYAML(type: "RecordSelector")
    yaml.add("extractor", extractor)
    return yaml
  }

  var decoder: JSONValue? {
    switch stream.format {
    case .json: nil
    case .jsonl: ["type": "JsonlDecoder"]
    case .csv: ["type": "CsvDecoder"]
    case .xml: ["type": "XmlDecoder"]
    }
  }

  // MARK: Requests

  /// - Parameter sends: whether the stream's parameters and body are sent.
  func requester(_ path: String, method: String, sends: Bool, job: String? = nil) -> CommentedYAML {
    var yaml = CommentedYAML(type: "HttpRequester")
    yaml.add("url", .string(address(path, job: job)))
    yaml.add("http_method", .string(method))
    if description.authentication != .none { yaml.add("authenticator", reference: "#/definitions/authenticator") }
    let own = AuthenticationWriter(
      authentication: description.authentication, config: config, baseAddress: description.baseAddress)
    let parameters = own.parameters + (sends ? stream.parameters : [])
    for (kind, key) in [(RequestPlace.Kind.query, "request_parameters"), (.header, "request_headers")] {
      var values: JSONObject = [:]
      for parameter in parameters where parameter.place.kind == kind {
        if let name = parameter.place.names.first { values[name] = .string(template(parameter.value)) }
      }
      if !values.isEmpty { yaml.add(key, .object(values)) }
    }
    if sends, let body { yaml.add("request_body", body) }
    return yaml
  }

  private func address(_ path: String, job: String?) -> String {
    config.filled(description.baseAddress)
      + TemplateText.filled(path) { name in
        if let job, name == "job" { return job }
        if let parameter = stream.parameters.first(where: { $0.place == RequestPlace(.path, name) }) {
          return template(parameter.value)
        }
        if let steps = PartitionPath.steps(to: name, from: stream, among: description.streams) {
          return TemplateText.expression(PartitionPath.expression(steps))
        }
        return config.template(name)
      }
  }

  /// The value of a parameter as a text.
  private func template(_ value: RequestParameter.Value) -> String {
    switch value {
    case .literal(.string(let text)): TemplateText.verbatim(text)
    case .literal(.array(let list)): TemplateText.expression(JSONValue.array(list).jsonText)
    case .literal(let value): value.jsonText
    case .config(let key): config.template(key)
    case .partition(let field):
      TemplateText.expression(
        PartitionPath.expression(PartitionPath.steps(to: field, from: stream, among: description.streams) ?? [field]))
    case .template(let text): text
    }
  }

  private var body: CommentedYAML? {
    switch stream.body {
    case .graphQL(let query):
      var value = CommentedYAML()
      value.add("query", .block(query))
      for (key, member) in filled([:], .json) { value.add(key, member) }
      var yaml = CommentedYAML(type: "RequestBodyGraphQL")
      yaml.add("value", value)
      return yaml
    case .json(let object): return body("RequestBodyJsonObject", filled(object.mapValues(Self.verbatim), .json))
    case .form(let object):
      return body(
        "RequestBodyUrlEncodedForm",
        filled(object.mapValues { .string(TemplateText.verbatim($0.string ?? $0.jsonText)) }, .form))
    case .none:
      let json = filled([:], .json)
      let form = filled([:], .form)
      if !json.isEmpty { return body("RequestBodyJsonObject", json) }
      return form.isEmpty ? nil : body("RequestBodyUrlEncodedForm", form)
    }
  }

  private func body(_ type: String, _ value: JSONObject) -> CommentedYAML? {
    guard !value.isEmpty else { return nil }
    var yaml = CommentedYAML(type: type)
    yaml.add("value", .object(value))
    return yaml
  }

  /// A body with the parameters of a kind at their places.
  private func filled(_ object: JSONObject, _ kind: RequestPlace.Kind) -> JSONObject {
    stream.parameters.filter { $0.place.kind == kind }.reduce(into: object) { object, parameter in
      let value: JSONValue =
        if kind == .json, case .literal(let literal) = parameter.value {
          Self.verbatim(literal)
        } else {
          .string(template(parameter.value))
        }
      Self.set(value, at: parameter.place.names[...], in: &object)
    }
  }

  private static func set(_ value: JSONValue, at path: ArraySlice<String>, in object: inout JSONObject) {
    guard let key = path.first else { return }
    guard path.count > 1 else {
      object[key] = value
      return
    }
    var inner = object[key]?.object ?? [:]
    set(value, at: path.dropFirst(), in: &inner)
    object[key] = .object(inner)
  }

  private static func verbatim(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(TemplateText.verbatim(text))
    case .array(let list): .array(list.map(verbatim))
    case .object(let object): .object(object.mapValues(verbatim))
    default: value
    }
  }
}

/// The keys of streams in `definitions` and `schemas`: letters, digits, `-` and `_`, each once, so that references find them.
struct DefinitionKeys: Sendable {
  private var keys: [String: String] = [:]

  init(_ names: [String]) {
    var used: Set<String> = []
    for name in names where keys[name] == nil {
      let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" })
      var key = plain.isEmpty ? "stream" : plain
      var number = 1
      while !used.insert(key).inserted {
        number += 1
        key = "\(plain)_\(number)"
      }
      keys[name] = key
    }
  }

  subscript(name: String) -> String { keys[name] ?? name }
}
