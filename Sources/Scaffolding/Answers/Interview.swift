import AirbyteProtocol
import ConnectorModel
import JSON

/// A question to an author.
package struct Question: Sendable, Equatable {
  /// Without a mark at its end.
  package var text: String
  /// What it means, or what answers look like.
  package var hint: String?
  /// What an empty answer stands for; nil if there has to be one.
  package var usual: String?
  /// The only answers, if they are few.
  package var choices: [String] = []
  /// Whether the answer must not be shown.
  package var isSecret = false

  package init(
    _ text: String, hint: String? = nil, usual: String? = nil, choices: [String] = [], isSecret: Bool = false
  ) {
    self.text = text
    self.hint = hint
    self.usual = usual
    self.choices = choices
    self.isSecret = isSecret
  }
}

/// Who answers questions.
package protocol Asking {
  /// - Returns: the answer, without blanks around it; nil where nothing more is answered.
  func ask(_ question: Question) throws -> String?
  /// Says something that is no question.
  func tell(_ text: String)
}

/// Asks an author about a connector: only what was not said yet and cannot be found out.
package struct Interview {
  package typealias Looking = (ConnectorDescription, JSONObject, [String: Set<StreamInference.Part>], String) async throws ->
    Look.Outcome

  private let asking: any Asking
  private let look: Looking?
  private var answers: GivenAnswers
  private var config: JSONObject

  /// - Parameters:
  ///   - config: what is known of the connector's config.
  ///   - look: asks the API for a stream, given by its name; nil if the API must not be asked.
  package init(_ answers: GivenAnswers, config: JSONObject, by asking: any Asking, looking look: Looking?) {
    self.answers = answers
    self.config = config
    self.asking = asking
    self.look = look
  }

  /// - Throws: ``ConnectorError`` if there are no more answers before all is said.
  package mutating func run() async throws -> ConnectorDescription {
    try askAddress()
    if answers.name.isEmpty {
      answers.name = try answer(
        Question("Name of the connector", usual: ConnectorNames(ConnectorNames.name(ofHost: answers.address)).title))
    }
    try askAuthentication()
    let mayLook = look != nil
    let canLook = mayLook ? try askCredentials() : false
    return try await askEndpoints(looking: canLook)
  }

  // MARK: The API

  private mutating func askAddress() throws {
    while true {
      if answers.address.isEmpty {
        answers.address = try answer(
          Question("Address of the API", hint: "The part that all endpoints share, such as https://api.example.com/v1"))
      }
      do {
        answers.address = try GivenAnswers.address(answers.address)
        return
      } catch {
        asking.tell(error.message)
        answers.address = ""
      }
    }
  }

  private mutating func askAuthentication() throws {
    if answers.authentication == nil {
      let text = try answer(
        Question(
          "How does it authenticate", usual: GivenAnswers.Authentication.bearer.rawValue,
          choices: GivenAnswers.Authentication.allCases.map(\.rawValue)))
      answers.authentication = GivenAnswers.Authentication(rawValue: text)
    }
    switch answers.authentication {
    case .key where answers.keyPlace == nil:
      answers.keyPlace = try answer(
        Question("Where does the key go", hint: "The name of a header, or query:NAME for a parameter", usual: "X-API-Key"))
    case .oauth where answers.tokenAddress == nil:
      answers.tokenAddress = try answer(
        Question("Address that issues tokens", hint: "Such as https://auth.example.com/oauth/token"))
      let consent = try answer(
        Question(
          "Address where a user consents", hint: "Empty if the client's own credentials are enough (client_credentials)",
          usual: ""))
      if !consent.isEmpty { answers.consentAddress = consent }
    default: break
    }
  }

  /// - Returns: whether everything is there that a request needs.
  private mutating func askCredentials() throws -> Bool {
    var sample = answers
    sample.endpoints = []
    let fields = try authentication(of: sample).fields.filter { config[$0.key] == nil }
    guard !fields.isEmpty else { return true }
    asking.tell("With credentials, the API is asked once for each endpoint, and most is found out. They are written nowhere.")
    for field in fields {
      let title = field.title ?? SpecWriter.title(of: field.key)
      let text = try answer(
        Question(title, hint: "Empty to go on without looking at the API", usual: "", isSecret: field.isSecret))
      guard !text.isEmpty else { return false }
      config[field.key] = .string(text)
    }
    return true
  }

  private func authentication(of answers: GivenAnswers) throws -> AuthenticationDescription {
    var answers = answers
    answers.endpoints = [try EndpointNotation("/probe")]
    return try answers.description().authentication
  }

  // MARK: Endpoints

  private mutating func askEndpoints(looking: Bool) async throws -> ConnectorDescription {
    var description: ConnectorDescription?
    var pending = answers.endpoints
    answers.endpoints = []
    let isGiven = !pending.isEmpty
    while true {
      if pending.isEmpty {
        if isGiven { break }
        let first = description == nil
        let text = try answer(
          Question(
            first ? "Path of an endpoint" : "Path of another endpoint",
            hint: first
              ? "Such as /authors, or /authors/{author_id}/books for those of each author" : "Empty if there are no more",
            usual: first ? nil : ""))
        if text.isEmpty { break }
        do throws(ConnectorError) { pending.append(try EndpointNotation(text)) } catch {
          asking.tell(error.message)
          continue
        }
      }
      let endpoint = pending.removeFirst()
      answers.endpoints.append(endpoint)
      let whole = try answers.description()
      guard let stream = whole.streams.last else { continue }
      var current = description ?? whole
      if description != nil {
        current.streams.append(stream)
        ParentInference.complete(&current)
      }
      try await complete(&current, stream.name, looking: looking)
      description = current
    }
    return try description ?? answers.description()
  }

  /// Finds out about a stream, or asks.
  private func complete(_ description: inout ConnectorDescription, _ name: String, looking: Bool) async throws {
    let decided = answers.decided(of: name)
    if looking, let look {
      let outcome = try await look(description, config, [name: decided], name)
      for problem in outcome.problems { asking.tell(problem) }
      if outcome.seen.contains(name) {
        description = outcome.description
        guard let number = description.streams.firstIndex(where: { $0.name == name }) else { return }
        asking.tell(StreamSummary.text(description.streams[number]))
        let isRight = try answer(Question("Is that right", usual: "yes", choices: ["yes", "no"]))
        if isRight == "yes" { return }
        description.streams[number].notes.removeAll { [.records, .primaryKey, .cursor, .paging].contains($0.place) }
        return try askDetails(&description.streams[number], decided: [])
      }
    }
    guard let number = description.streams.firstIndex(where: { $0.name == name }) else { return }
    try askDetails(&description.streams[number], decided: decided)
  }

  private func askDetails(_ stream: inout StreamDescription, decided: Set<StreamInference.Part>) throws {
    if !decided.contains(.records) {
      let usual = stream.recordPath.isEmpty ? "." : stream.recordPath.joined(separator: ".")
      let question = Question(
        "Where are the records", hint: "Keys with dots, such as data.items; . if the answer is the list", usual: usual)
      try retrying(question) { text throws(ConnectorError) in stream.recordPath = try GivenAnswers.path(text) }
    }
    if !decided.contains(.primaryKey) {
      let usual = stream.primaryKey.isEmpty ? "id" : stream.primaryKey.joined(separator: ",")
      try retrying(Question("Primary key", hint: "none, if records have none", usual: usual)) {
        text throws(ConnectorError) in
        stream.primaryKey = try GivenAnswers.fields(text)
      }
    }
    if !decided.contains(.paging) {
      let hint = "One of \(PagingNotation.examples.joined(separator: "  "))"
      try retrying(Question("How do pages go", hint: hint, usual: PagingNotation.text(stream.paging) ?? "none")) {
        text throws(ConnectorError) in
        stream.paging = try PagingNotation.parse(text)
      }
    }
    if !decided.contains(.cursor) {
      let hint = "A field, and the parameter that takes the time, such as updated_at,updated_since"
      try retrying(Question("Which field shows what changed", hint: hint, usual: CursorNotation.text(stream.cursor))) {
        text throws(ConnectorError) in
        stream.cursor = try CursorNotation.parse(text)
      }
    }
  }

  private func retrying(_ question: Question, _ body: (String) throws(ConnectorError) -> Void) throws {
    while true {
      let text = try answer(question)
      do throws(ConnectorError) { return try body(text) } catch { asking.tell(error.message) }
    }
  }

  // MARK: Asking

  /// An answer that fits.
  private func answer(_ question: Question) throws -> String {
    while true {
      guard let text = try asking.ask(question)?.trimmed else {
        throw ConnectorError(
          .config,
          "The answers ended before all was asked, and nothing was written: give the rest by options, which `new --help` lists")
      }
      let given = text.isEmpty ? question.usual ?? "" : text
      if given.isEmpty, question.usual == nil {
        asking.tell("There has to be an answer.")
        continue
      }
      guard !question.choices.isEmpty else { return given }
      let fitting = question.choices.filter { $0 == given.lowercased() }
      let near = fitting.isEmpty ? question.choices.filter { $0.hasPrefix(given.lowercased()) } : fitting
      if near.count == 1 { return near[0] }
      asking.tell("It should be one of \(question.choices.joined(separator: ", ")).")
    }
  }
}

extension GivenAnswers {
  /// What of a stream was said.
  package func decided(of stream: String) -> Set<StreamInference.Part> {
    var decided: Set<StreamInference.Part> = []
    if recordPaths[stream] != nil { decided.insert(.records) }
    if primaryKeys[stream] != nil { decided.insert(.primaryKey) }
    if cursors[stream] != nil { decided.insert(.cursor) }
    if pagings[stream] != nil { decided.insert(.paging) }
    return decided
  }
}

/// What is known of a stream, in a few words.
package enum StreamSummary {
  package static func text(_ stream: StreamDescription) -> String {
    var parts = ["records at \(stream.recordPath.isEmpty ? "the root" : "`\(stream.recordPath.joined(separator: "."))`")"]
    parts.append(stream.primaryKey.isEmpty ? "no key" : "key \(stream.primaryKey.map { "`\($0)`" }.joined(separator: ", "))")
    if let fields = stream.schema?["properties"]?.object?.count { parts.append("\(fields) \(fields == 1 ? "field" : "fields")") }
    if let cursor = stream.cursor {
      parts.append("changes by `\(cursor.field)`" + (cursor.formats.first.map { " (\($0))" } ?? ""))
    }
    parts.append(stream.paging.map { "pages by \(words($0.strategy))" } ?? "one page")
    return "\(stream.name): \(parts.joined(separator: ", "))"
  }

  private static func words(_ strategy: PagingDescription.Strategy) -> String {
    switch strategy {
    case .linkHeader: "the header `Link`"
    case .nextAddress(let path): "the address at `\(path.joined(separator: "."))`"
    case .token(let path, let place): "the token at `\(path.joined(separator: "."))` in `\(place.names.joined(separator: "."))`"
    case .tokenHeader(let name, let place): "the header `\(name)` in `\(place.names.joined(separator: "."))`"
    case .lastRecord(let field, let place): "`\(field)` of the last record in `\(place.names.joined(separator: "."))`"
    case .page(let place, _): "numbers in `\(place.names.joined(separator: "."))`"
    case .offset(let place): "offsets in `\(place.names.joined(separator: "."))`"
    }
  }
}
