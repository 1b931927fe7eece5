import JSON
import Jinja
import Secrets

/// The values of query parameters, of the fields of forms and of headers, as texts.
///
/// As in the reference, a list repeats its parameter or field, and so do lists in a list. A list that is nested otherwise is sent
/// as JSON: the reference sends the keys of objects, or a text as Python prints it.
package enum FieldValue {
  /// The texts with which a parameter or a field is repeated; null gives none.
  package static func texts(_ value: JSONValue) -> [String] {
    switch value {
    case .null: []
    case .array, .object: repeated(value) ?? [json(value)]
    default: [PythonStrings.str(value)]
    }
  }

  /// The text of a header.
  package static func header(_ value: JSONValue) -> String {
    switch value {
    case .array, .object: json(value)
    default: PythonStrings.str(value)
    }
  }

  /// The texts of a list of values, or of lists of them; nil for what is nested otherwise.
  package static func repeated(_ value: JSONValue) -> [String]? {
    guard case .array(let elements) = value else { return nil }
    var texts: [String] = []
    for element in elements {
      var inner = [element]
      if case .array(let values) = element { inner = values }
      for value in inner {
        switch value {
        case .array, .object: return nil
        case .null: break
        default: texts.append(PythonStrings.str(value))
        }
      }
    }
    return texts
  }

  /// As the filter `tojson` writes it.
  package static func json(_ value: JSONValue) -> String { PythonJSONWriter().string(value) }
}
