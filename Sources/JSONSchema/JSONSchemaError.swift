/// Why a schema could not be compiled.
package struct JSONSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where in the schema the error is.
  package let path: [PathElement]
  /// A clear sentence about the fault.
  package let reason: String

  package var description: String {
    path.isEmpty ? "The schema is not valid: \(reason)" : "The schema is not valid at \(path.dotted): \(reason)"
  }
}

/// One step from a value to a part of it.
package enum PathElement: Sendable, Hashable, CustomStringConvertible {
  case key(String)
  case index(Int)

  package var description: String {
    switch self {
    case .key(let key): key
    case .index(let index): String(index)
    }
  }
}

extension [PathElement] {
  /// The path as one reads it aloud: `streams[2].retriever`; keys that hold a dot or a bracket are quoted.
  package var dotted: String {
    var text = ""
    for element in self {
      switch element {
      case .index(let index):
        text += "[\(index)]"
      case .key(let key):
        let plain = !key.isEmpty && !key.unicodeScalars.contains { ".[]\" ".unicodeScalars.contains($0) }
        if plain {
          text += text.isEmpty ? key : ".\(key)"
        } else {
          text += "[\"\(key)\"]"
        }
      }
    }
    return text
  }
}
