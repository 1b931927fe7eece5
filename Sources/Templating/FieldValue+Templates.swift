import ConnectorModel
import JSON
import Jinja

extension FieldValue {
  /// The text of a list or an object that a template printed as `text`: as it is where that is JSON.
  package static func json(_ value: Value, written text: String) -> String {
    (try? JSONValue(parsing: text)) == nil ? json(JSONValue(value)) : text
  }
}
