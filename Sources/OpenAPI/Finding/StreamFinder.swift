import JSON
import Secrets

/// Finds the streams of an API in its document, always in the same way.
package struct StreamFinder {
  private let reader: SchemaReader
  private let api: DescribedAPI
  private let filter: OperationFilter

  /// - Parameter filter: which operations are looked at.
  package static func find(in document: OpenAPIDocument, only filter: OperationFilter = OperationFilter([])) -> FoundAPI {
    let api = APIReader.read(document)
    return StreamFinder(reader: SchemaReader(document: document), api: api, filter: filter).found()
  }

  private func found() -> FoundAPI {
    let wanted = api.operations.filter(filter.keeps)
    var streams = wanted.compactMap(stream)
    for (index, name) in StreamNames.names(for: streams.map(\.path)).enumerated() {
      streams[index].name = name
      streams[index].primaryKey = KeyFinder(reader: reader).find(in: streams[index].record, of: name)
    }
    for index in streams.indices { addPagesAndCursor(to: &streams[index]) }
    var inputs: [FoundInput] = []
    // Parents come before their children: their paths are shorter.
    let order = streams.indices.sorted { PathSteps(streams[$0].path).steps.count < PathSteps(streams[$1].path).steps.count }
    var parents = ParentFinder(reader: reader, streams: streams)
    for index in order { parents.fill(index, &inputs) }
    streams = parents.streams
    let authentication = AuthenticationFinder(api: api).find(for: streams.map(\.operation))
    for index in order { addParameters(to: &streams[index], &inputs, authentication) }
    var found = FoundAPI(
      api: api, base: BaseFinder(api: api).find(), authentication: authentication, inputs: inputs, streams: streams)
    found.notes = notes(wanted, streams)
    return found
  }

  private func stream(_ operation: DescribedAPI.Operation) -> FoundStream? {
    let kinds = ParameterKinds(reader: reader)
    guard operation.method == "GET",
      let list = ListFinder(reader: reader).find(in: operation, isPaged: kinds.isPaged(operation))
    else { return nil }
    var translation = SchemaTranslation(reader)
    var stream = FoundStream(
      name: "", operation: operation, recordPath: list.path, record: list.record,
      schema: translation.recordSchema(of: list.record), primaryKey: [])
    if !list.others.isEmpty {
      let others = list.others.map { "`\($0.joined(separator: "."))`" }.joined(separator: ", ")
      stream.notes.append(.init(topic: .records, text: "The answer has more lists of objects: \(others)."))
    }
    if operation.isDeprecated {
      stream.notes.append(.init(topic: .stream, text: "The document calls this request deprecated."))
    }
    return stream
  }

  private func addPagesAndCursor(to stream: inout FoundStream) {
    if stream.primaryKey.isEmpty {
      stream.notes.append(.init(topic: .primaryKey, text: "No field of the records is sure to tell them apart."))
    }
    var notes: [FoundNote] = []
    stream.pages = PageFinder(reader: reader).find(in: stream.operation, key: stream.primaryKey.first, notes: &notes)
    stream.cursor = CursorFinder(reader: reader).find(in: stream.operation, record: stream.record, notes: &notes)
    stream.notes += notes
  }

  /// Adds what a request cannot do without, and what makes pages as large as they can be.
  private func addParameters(
    to stream: inout FoundStream, _ inputs: inout [FoundInput], _ authentication: FoundAuthentication
  ) {
    let taken = Set(
      [stream.pages?.sizeParameter, stream.pages?.parameter, stream.cursor?.start, stream.cursor?.end].compactMap { $0 })
    let credentials = Set(
      api.securitySchemes.compactMap { scheme in
        if case .apiKey(_, let name) = scheme.kind { name.lowercased() } else { nil }
      })
    for parameter in stream.operation.parameters where parameter.isRequired && !taken.contains(parameter.name) {
      guard parameter.place == .query || parameter.place == .header, !credentials.contains(parameter.name.lowercased()),
        !Self.ofEveryRequest.contains(parameter.name.lowercased())
      else { continue }
      // Some documents name the token of the authentication once more.
      if Self.tokenNames.contains(FieldWords.key(parameter.name)), authentication.kind.sendsToken { continue }
      let shape = parameter.schema.map { reader.shape($0) }
      if let value = constant(for: shape) {
        stream.parameters.append(.init(name: parameter.name, place: parameter.place, value: .constant(value)))
        continue
      }
      let key = FieldWords.snake(parameter.name)
      if !inputs.contains(where: { $0.key == key }) {
        let types = ["integer", "number", "boolean"]
        inputs.append(
          FoundInput(
            key: key, type: shape?.types.first.flatMap { types.contains($0) ? $0 : nil } ?? "string",
            note: parameter.note.flatMap { PlainText.sentence(of: $0) },
            isSecret: CredentialName.isCredential(parameter.name), choices: shape?.choices ?? [],
            example: parameter.example ?? shape?.example))
      }
      stream.parameters.append(.init(name: parameter.name, place: parameter.place, value: .input(key)))
    }
    if stream.pages == nil, let size = ParameterKinds(reader: reader).first(.size, in: stream.operation),
      !stream.parameters.contains(where: { $0.name == size.name }),
      let largest = PageFinder.largest(size, size.schema.map { reader.shape($0) })
    {
      stream.parameters.append(.init(name: size.name, place: .query, value: .constant(.int(largest))))
    }
  }

  /// The default, or the only value that is allowed; a list as one text.
  private func constant(for shape: SchemaShape?) -> JSONValue? {
    let value = shape?.defaultValue ?? (shape?.choices.count == 1 ? shape?.choices.first : nil)
    switch value {
    case .array(let list)?:
      let texts = list.compactMap { $0.string ?? $0.int.map(String.init) }
      return texts.isEmpty || texts.count < list.count ? nil : .string(texts.joined(separator: ","))
    case .object?, .null?, nil: return nil
    case let scalar?: return scalar
    }
  }

  static let tokenNames: Set<String> = ["token", "accesstoken", "authtoken", "apitoken", "bearertoken"]

  /// Headers that a client sends by itself, or that the authentication sends.
  static let ofEveryRequest: Set<String> = [
    "accept", "authorization", "content-type", "user-agent", "accept-encoding", "host", "accept-charset", "connection",
  ]

  private func notes(_ wanted: [DescribedAPI.Operation], _ streams: [FoundStream]) -> [String] {
    var notes: [String] = []
    let gets = wanted.filter { $0.method == "GET" }
    let silent = gets.filter { $0.response?.schema == nil }
    if !silent.isEmpty {
      let names = silent.prefix(3).map(\.title).joined(separator: ", ") + (silent.count > 3 ? ", …" : "")
      notes.append(
        "\(silent.count) of \(gets.count) GET requests are left out because the document has no schema of their JSON: \(names).")
    }
    return notes
  }
}

extension FoundAuthentication.Kind {
  /// Whether each request has a token in its header `Authorization`.
  var sendsToken: Bool {
    switch self {
    case .bearer, .oauth2: true
    case .none, .basic, .keys: false
    }
  }
}

extension FoundPages {
  /// The parameter that leads from page to page.
  package var parameter: String? {
    switch kind {
    case .linkHeader, .nextAddress: nil
    case .token(_, let parameter), .lastRecord(_, let parameter), .page(let parameter, _), .offset(let parameter): parameter
    }
  }
}
