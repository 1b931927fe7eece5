import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Python
import PythonTime

/// Values for places of the config, in their order.
package typealias PlacedValues = [(path: [String], value: JSONValue)]

extension ConsentDeclaration {
  /// What of a token endpoint's answer belongs into the config.
  /// - Parameters:
  ///   - now: microseconds since the epoch.
  ///   - isPartial: whether values may be missing that the first answer had, as a refresh leaves out what stays.
  /// - Throws: ``ConnectorError`` if something is missing in the answer.
  package func placed(_ answer: JSONObject, now: Int64, isPartial: Bool = false) throws -> (
    values: PlacedValues, unplaced: [String]
  ) {
    var found: [(name: String, value: JSONValue)] = []
    for (name, path, isRequired) in wanted {
      guard let value = AnswerPath(path).value(in: .object(answer)), value != .null, value != .string("") else {
        if isRequired, !isPartial { throw missing(path, answer) }
        continue
      }
      if name.hasSuffix("token"), value.object != nil || value.array != nil {
        let kind = value.object == nil ? "a list" : "an object"
        throw ConnectorError(
          .config,
          "`\(path.map(\.text).joined(separator: "."))` of the token endpoint's answer should be a token, but is \(kind)",
          remedy: "name the place of the token in `extract_output` or `path_in_oauth_response`")
      }
      // `expires_in` in the place of a date means the date that many seconds from now.
      let isMoment = name == Self.expiryDate && path.last == .key(expiryKey)
      guard !isMoment else { continue }
      found.append((name, value))
    }
    let seconds = wanted.lazy.map(\.path).first { $0.last == .key(expiryKey) }.flatMap {
      AnswerPath($0).value(in: .object(answer))
    }
    let counted = (seconds ?? answer[expiryKey]).flatMap { Self.date($0, now: now) }
    // A refresh may have been told the moment itself.
    let date = counted ?? (isPartial ? answer[Self.expiryDate]?.string : nil)
    if let date, !found.contains(where: { $0.name == Self.expiryDate }) { found.append((Self.expiryDate, .string(date))) }
    var values: PlacedValues = []
    var unplaced: [String] = []
    for (name, value) in found {
      guard let place = places.outputs.first(where: { $0.name == name }), !place.path.isEmpty else {
        if name != Self.expiryDate, name != expiryKey { unplaced.append(name) }
        continue
      }
      let isText = place.node["type"]?.string == "string" && value.string == nil
      values.append((place.path, isText ? .string(value.jsonText) : value))
    }
    return (values, unplaced)
  }

  private static let expiryDate = "token_expiry_date"

  /// The values of the answer that are wanted: the name of each, where it is in the answer, and whether it must be there.
  private var wanted: [(name: String, path: [JSONPathSegment], isRequired: Bool)] {
    if !extracted.isEmpty {
      return extracted.map { text in
        let path = AnswerPath(text).segments
        return (path.last?.text ?? text, path, true)
      }
    }
    return places.outputs.map { place in
      let declared = (place.node["path_in_oauth_response"]?.sequence ?? []).compactMap(\.string).map { JSONPathSegment.key($0) }
      let isRequired = requiredOutputs?.contains(place.name) ?? !place.isAboutToken
      return (place.name, declared.isEmpty ? [.key(place.name)] : declared, isRequired && place.name != Self.expiryDate)
    }
  }

  private func missing(_ path: [JSONPathSegment], _ answer: JSONObject) -> ConnectorError {
    let text = path.map(\.text).joined(separator: ".")
    let names = answer.filter { $0.value != .null && $0.value != .string("") }.keys.prefix(20).map { "`\($0)`" }.joined(
      separator: ", ")
    let has = names.isEmpty ? "it is empty" : "it has \(names)"
    return ConnectorError(
      .config, "The token endpoint's answer has no `\(text)`, which the manifest wants to keep: \(has)",
      cause: .missing([text]),
      remedy: path.last == .key("refresh_token")
        ? "some providers give a refresh token only for a scope such as `offline_access`, or at the first consent" : nil)
  }

  /// The moment so many seconds from now, in ISO 8601; nil if that is none.
  private static func date(_ seconds: JSONValue, now: Int64) -> String? {
    guard let number = seconds.double ?? seconds.string.flatMap(PythonNumberText.float), number.isFinite, abs(number) < 1e11
    else { return nil }
    let (moment, overflow) = now.addingReportingOverflow(Int64(number) * 1_000_000)
    guard !overflow, let date = try? PyDateTime(epochMicroseconds: Int128(moment / 1_000_000 * 1_000_000), tz: .utc) else {
      return nil
    }
    return date.isoFormat().replacing("+00:00", with: "Z")
  }
}

/// A path into an answer, as in `data.access_token`, `$.accounts[0].token` or `['data']['token']`.
struct AnswerPath {
  let segments: [JSONPathSegment]

  init(_ segments: [JSONPathSegment]) { self.segments = segments }

  init(_ text: String) {
    var segments: [JSONPathSegment] = []
    var rest = text.hasPrefix("$") ? text.dropFirst() : text[...]
    let step = /\.?(?:\[\s*(?:(?<index>\d{1,9})|'(?<single>[^']*)'|"(?<double>[^"]*)")\s*\]|(?<name>[^.\[\]]+))/
    while let found = rest.prefixMatch(of: step) {
      if let index = found.index.flatMap({ Int($0) }) {
        segments.append(.index(index))
      } else if let key = found.single ?? found.double ?? found.name {
        segments.append(.key(String(key)))
      }
      rest = rest[found.range.upperBound...]
    }
    self.segments = rest.isEmpty && !segments.isEmpty ? segments : [.key(text)]
  }

  func value(in root: JSONValue) -> JSONValue? {
    segments.reduce(Optional(root)) { value, segment in
      switch segment {
      case .key(let key): value?[key]
      case .index(let index): value?[index]
      }
    }
  }
}
