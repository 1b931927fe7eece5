import JSON
import Manifest
import Secrets

/// Why a path finds nothing in a body: its first step that leads nowhere, and what is there.
public struct PathAbsence: Sendable, Equatable {
  /// The steps that could be taken.
  package let place: [String]
  /// The step that could not.
  package let missing: String
  package let found: Found

  package enum Found: Sendable, Equatable {
    /// An object: its first keys, how many it has, and the one whose value is a list of objects, where there is but one.
    case keys([String], count: Int, list: String?)
    case list(count: Int)
    case value(JSONKind)
  }

  fileprivate static let mostKeys = 20
}

/// What a path leads to in a body in which an extractor found no record.
public enum PathOutcome: Sendable, Equatable {
  /// The path leads somewhere; there are no records there.
  case exists
  /// The body says nothing about the path: it is empty itself, or a list on the way is.
  case unknown
  case absent(PathAbsence)

  package init(of path: JSONGlobPath, in body: JSONView) {
    guard path.deepStar == nil else {
      self = .exists
      return
    }
    var reached = body
    for (depth, segment) in path.segments.enumerated() {
      let isEmptyObject = reached.kind == .object && reached.count == 0 && (depth == 0 || segment == .key("*"))
      if isEmptyObject || (reached.kind == .array && reached.count == 0) {
        self = .unknown
        return
      }
      guard let next = (try? JSONGlobPath(Array(path.segments[...depth])))?.values(in: body).first else {
        self = .absent(
          PathAbsence(
            place: path.segments[..<depth].map(\.text), missing: segment.text, found: PathAbsence.Found(reached)))
        return
      }
      reached = next
    }
    self = .exists
  }
}

extension PathAbsence.Found {
  fileprivate init(_ view: JSONView) {
    switch view.kind {
    case .object:
      var lists: [String] = []
      view.forEachMember { key, value in
        if value.kind == .array, value[0]?.kind == .object { lists.append(key) }
      }
      let keys = view.keys
      self = .keys(Array(keys.prefix(PathAbsence.mostKeys)), count: keys.count, list: lists.count == 1 ? lists[0] : nil)
    case .array: self = .list(count: view.count)
    default: self = .value(view.kind)
    }
  }
}

extension PathAbsence {
  /// What is missing and what is there, and what would find the records, in a sentence or two.
  /// - Parameter secrets: keys come from the API and are masked.
  package func sentence(hiding secrets: any Secrets) -> String {
    func quoted(_ name: String) -> String { "`\(secrets.excerpt(of: name, upTo: 60))`" }
    let whole = place.isEmpty ? "the response" : "\(quoted(place.joined(separator: "."))) of the response"
    let missing = quoted(missing)
    switch found {
    case .keys(let keys, let count, let list):
      if keys.isEmpty { return "\(whole) has no \(missing): it is an empty object." }
      let more = count > keys.count ? " and \(count - keys.count) more" : ""
      let sentence = "\(whole) has no \(missing); its keys are \(keys.map(quoted).joined(separator: ", "))\(more)."
      if let list {
        let path = (place + [list]).map { secrets.excerpt(of: $0, upTo: 60) }.joined(separator: ", ")
        return "\(sentence) The list of objects there is \(quoted(list)): try `field_path: [\(path)]`."
      }
      guard let nearest = NameSuggestion.nearest(to: self.missing, among: keys) else { return sentence }
      return "\(sentence) Did you mean \(quoted(nearest))?"
    case .list(let count):
      let remedy = place.isEmpty ? " Leave `field_path` empty to take its elements as records." : ""
      return "\(whole) is a list of \(count), which has no \(missing).\(remedy)"
    case .value(let kind):
      return "\(whole) is \(kind.phrase), which has no \(missing)."
    }
  }
}

extension JSONKind {
  /// The kind as the end of a sentence.
  fileprivate var phrase: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    default: "a number"
    }
  }
}
