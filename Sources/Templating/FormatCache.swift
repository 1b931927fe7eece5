import PythonTime
import Synchronization

/// Formats that templates name, compiled once a process. Bounded, since a template may make up formats.
enum FormatCache {
  private struct Store {
    var formats: [String: DatetimeFormat] = [:]
    var parsers: [String: DatetimeParser] = [:]
  }

  private static let capacity = 256
  /// Bytes of a format that is kept; a template can make longer ones without end.
  private static let longestKept = 1_000
  private static let store = Mutex(Store())

  static func format(_ text: String) -> DatetimeFormat {
    store.withLock { store in
      if let known = store.formats[text] { return known }
      if store.formats.count >= capacity { store.formats.removeAll(keepingCapacity: true) }
      let compiled = DatetimeFormat(text)
      if text.utf8.count <= longestKept { store.formats[text] = compiled }
      return compiled
    }
  }

  static func parser(_ text: String) -> DatetimeParser {
    store.withLock { store in
      if let known = store.parsers[text] { return known }
      if store.parsers.count >= capacity { store.parsers.removeAll(keepingCapacity: true) }
      let compiled = DatetimeParser(format: text)
      if text.utf8.count <= longestKept { store.parsers[text] = compiled }
      return compiled
    }
  }
}
