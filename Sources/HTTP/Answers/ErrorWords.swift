import ConnectorModel
import Essentials
import JSON

/// Finds what an API says about a failure, wherever in a body it says so: more places than the reference's parser knows, and more
/// than one of them where they say different things.
///
/// Only for people: `error_message_contains` uses the text of ``ErrorMessageParser``.
struct ErrorWords {
  /// The texts in the order in which they are shown, as they were received.
  private(set) var texts: [String] = []
  /// The first of the texts that were put together, which is the message proper.
  private(set) var first: String?

  /// The names of members that explain, the more important ones first; without case, separators and namespaces.
  private static let ranks: [String: Int] = {
    let names = [
      "message", "messages", "errormessage", "errormsg", "msg", "statusmessage", "usermessage", "localizedmessage", "error",
      "err",
      "fault", "failure", "exception", "title", "errorsummary", "summary", "errordescription", "faultstring", "detail",
      "description",
      "details", "errordetail", "errordetails", "errors", "failures", "reason", "reasons", "errorreason", "failurereason",
      "statusreason", "statedescription", "statemessage", "failuremessage", "developermessage", "cause", "hint", "text",
    ]
    return Dictionary(names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }()

  private static let deepest = 16
  /// More than these are not read, or not shown.
  private static let mostElements = 5
  private static let mostMembers = 200
  private static let mostVisits = 1_000

  private var visits = 0

  init(in response: HTTPResponse, body: BodyText) {
    switch body.kind {
    case .text: if let root = response.json { take(root, isAnswer: response.isSuccess) }
    case .xml:
      let (text, start) = TextEncoding.xml(response)
      let limit = Limit(value: 1 << 22, variable: "")
      if let json = try? XMLParsing.json(text, from: start, limit: limit), let document = try? JSONDocument(parsing: json) {
        take(document.root, isAnswer: response.isSuccess)
      }
    case .form:
      let known = body.fields.compactMap { field in Self.rank(of: field.name).map { (rank: $0, text: field.value) } }
      for field in known.sorted(by: { $0.rank < $1.rank }) { note(field.text) }
      texts = known.isEmpty ? [] : [Self.joined(known.sorted { $0.rank < $1.rank }.map(\.text))]
    case .empty, .html, .binary, .elsewhere: break
    }
  }

  /// - Parameter isAnswer: whether the body answers the request, so that its lists are records rather than errors.
  private mutating func take(_ root: JSONView, isAnswer: Bool) {
    switch root.kind {
    case .string, .array: if !isAnswer, let text = text(of: root, 0) { texts = [text] }
    case .object:
      // The nearest object that explains something.
      var level = [root]
      for _ in 0..<Self.deepest where !level.isEmpty && texts.isEmpty {
        for object in level { if let text = known(in: object, 0) { texts.append(text) } }
        level = level.flatMap(inner)
        if level.count > Self.mostMembers { level.removeLast(level.count - Self.mostMembers) }
      }
    default: break
    }
  }

  /// The objects that are members of an object.
  private func inner(_ object: JSONView) -> [JSONView] {
    var found: [JSONView] = []
    object.forEachMember { (_: String, value: JSONView) in if value.kind == .object { found.append(value) } }
    return found
  }

  // MARK: - Texts

  private mutating func text(of value: JSONView, _ depth: Int) -> String? {
    visits += 1
    guard depth < Self.deepest, visits < Self.mostVisits else { return nil }
    switch value.kind {
    case .string:
      let text = (value.string ?? "").trimmed(.whitespacesAndNewlines)
      note(text)
      return text.isEmpty ? nil : text
    case .array:
      var texts: [String] = []
      for element in value.elements where texts.count < Self.mostElements {
        if let text = text(of: element, depth + 1), !texts.contains(text) { texts.append(text) }
      }
      return texts.isEmpty ? nil : texts.joined(separator: ", ")
    case .object: return known(in: value, depth) ?? fields(of: value, depth)
    default: return nil
    }
  }

  /// What the members of an object say that explain.
  private mutating func known(in object: JSONView, _ depth: Int) -> String? {
    var members: [(rank: Int, value: JSONView)] = []
    var count = 0
    object.forEachMember { (name: String, value: JSONView) in
      count += 1
      if count <= Self.mostMembers, let rank = Self.rank(of: name) { members.append((rank, value)) }
    }
    var texts: [String] = []
    for member in members.sorted(by: { $0.rank < $1.rank }) {
      if let text = text(of: member.value, depth + 1) { texts.append(text) }
    }
    return texts.isEmpty ? nil : Self.joined(texts)
  }

  /// What an object that replaces an explanation says, such as `{"since": ["is no date"]}`.
  private mutating func fields(of object: JSONView, _ depth: Int) -> String? {
    var members: [(name: String, value: JSONView)] = []
    object.forEachMember { (name: String, value: JSONView) in
      if members.count < Self.mostElements, !name.hasPrefix("@") { members.append((name, value)) }
    }
    var texts: [String] = []
    for (name, value) in members {
      if let text = value.numberText ?? text(of: value, depth + 1) { texts.append("\(name): \(text)") }
    }
    return texts.isEmpty ? nil : texts.joined(separator: ", ")
  }

  private mutating func note(_ text: String) { if first == nil, !text.isEmpty { first = text } }

  /// Texts one after the other, each once.
  private static func joined(_ texts: [String]) -> String {
    var kept: [String] = []
    for text in texts where !text.isEmpty && !kept.contains(where: { $0.contains(text) }) { kept.append(text) }
    return kept.joined(separator: ": ")
  }

  private static func rank(of name: String) -> Int? {
    guard name.utf8.count <= 40 else { return nil }
    let plain = name.split(separator: ":").last ?? ""
    return ranks[String(plain.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic })]
  }
}
