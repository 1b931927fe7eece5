import ConnectorModel
import JSON

/// Finds the message inside an error response: the places where APIs usually put it, in the reference's order.
enum ErrorMessageParser {
  private static let keys = [
    "message", "messages", "error", "errors", "failures", "failure", "detail", "err", "error_message", "msg", "reason",
    "status_message",
  ].map { JSONKey($0) }

  /// The message of `response`: from its JSON body, else the whole body as text; nil if a JSON body has none.
  static func message(of response: HTTPResponse) -> String? {
    guard let body = response.json else { return String(validating: response.body, as: UTF8.self) }
    return message(in: body)
  }

  /// Messages that lie deeper are not found.
  private static let deepest = 64

  private static func message(in value: JSONView, depth: Int = 0) -> String? {
    guard depth < deepest else { return nil }
    switch value.kind {
    case .string: return value.string
    case .array:
      var messages: [String] = []
      value.forEachElement { element in
        if let message = message(in: element, depth: depth + 1) { messages.append(message) }
      }
      return messages.joined(separator: ", ")
    case .object:
      for key in keys {
        if let member = value[key], member.isTruthy { return message(in: member, depth: depth + 1) }
      }
      return nil
    default: return nil
    }
  }
}
