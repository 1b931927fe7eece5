import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// What a host answered to a call.
struct HostReply: Sendable {
  let header: JSONObject
  let parts: [[UInt8]]
  /// What went wrong; what was made before is in the reply nevertheless.
  let error: HostError?

  init(_ frame: HostFrame) {
    header = frame.header
    parts = frame.parts
    error = header["ok"] == .bool(false) ? HostError(header["error"]?.object ?? [:]) : nil
  }

  subscript(key: String) -> JSONValue? { header[key].flatMap { $0 == .null ? nil : $0 } }

  /// The bytes that came with it.
  var body: [UInt8] { parts.first ?? [] }

  /// - Throws: ``ConnectorError`` where the call failed.
  func checked(_ subject: HostSubject) throws -> HostReply {
    if let error { throw error.connectorError(subject) }
    return self
  }
}

/// An error of a host, as it reports it.
struct HostError: Sendable {
  let fields: JSONObject

  init(_ fields: JSONObject) { self.fields = fields }

  func text(_ key: String) -> String? { fields[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }

  enum Kind: String {
    case exception, `import`, signature, checksum, permission, missingClass = "missing_class", wrongType = "wrong_type", gone
  }

  var kind: Kind { text("kind").flatMap(Kind.init) ?? .exception }

  /// `components.py:31`; nil where no file is known.
  var place: String? {
    guard let file = text("file") else { return nil }
    return fields["line"].flatMap { if case .int(let line) = $0 { "\(file):\(line)" } else { nil } } ?? file
  }

  /// The exception as Python writes it in the last line of a traceback.
  var exception: String {
    let (type, message) = (text("type") ?? "Exception", text("message") ?? "")
    return message.isEmpty ? type : "\(type): \(message)"
  }

  /// The error as a stream ends with it.
  /// - Parameter subject: the component, and what it was asked.
  func connectorError(_ subject: HostSubject) -> ConnectorError {
    var failureType = text("failure_type").flatMap(FailureType.init) ?? .system
    let message: String
    let at = place.map { " (\($0)\(text("function").map { " in \($0)" } ?? ""))" } ?? ""
    switch kind {
    case .import:
      failureType = .config
      message = "`\(subject.className)` cannot be imported: \(exception)\(at)"
    case .missingClass: message = "`\(subject.className)` does not exist: \(text("message") ?? exception)\(at)"
    case .signature:
      let missing = (fields["missing"]?.array ?? []).compactMap(\.string).map { "`\($0)`" }
      let reason = missing.isEmpty ? text("message") ?? exception : "it needs \(missing.joined(separator: ", "))"
      message = "`\(subject.className)` cannot be made: \(reason)\(at)"
    case .wrongType: message = "`\(subject.className)` cannot be used here: \(text("message") ?? exception)\(at)"
    case .checksum, .permission:
      failureType = .config
      message = text("message") ?? exception
    case .gone, .exception:
      // What the code says to its user comes first, and needs no place.
      if let words = text("user_message") {
        message = words
      } else {
        message = "`\(subject.className)` failed: \(exception)\(at)"
      }
    }
    var error = ConnectorError(
      failureType, message, at: subject.node, internalMessage: "\(exception)\(at)", remedy: remedy(for: subject.className))
    error.diagnostic.stackTrace = text("traceback")
    return error
  }

  private func remedy(for className: String) -> Remedy? {
    if kind == .missingClass {
      return NameSuggestion.nearest(to: className, among: (fields["known"]?.array ?? []).compactMap(\.string)).map(Remedy.name)
    }
    guard kind == .import, let module = text("module") else { return nil }
    return .advice("install what brings `\(module)` for the Python that runs the components")
  }
}
