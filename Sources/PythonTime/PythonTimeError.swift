/// What Python's `datetime` module would have raised.
package struct PythonTimeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The class of the exception.
  package enum Kind: String, Hashable, Sendable {
    case valueError = "ValueError"
    case typeError = "TypeError"
    case overflowError = "OverflowError"
    case osError = "OSError"
    case zeroDivisionError = "ZeroDivisionError"
    /// `isodate.isoerror.ISO8601Error`, a kind of `ValueError`.
    case iso8601Error = "ISO8601Error"
    /// `pytz.exceptions.UnknownTimeZoneError`, a kind of `KeyError`.
    case unknownTimeZone = "UnknownTimeZoneError"
    /// `re.error`, from a strptime format that names a directive twice.
    case regexError = "error"
  }

  package let kind: Kind
  /// The exception's text as `str()` shows it.
  package let message: String
  /// Whether a date or time, or a part of one, is beyond what there is.
  package let isOutOfRange: Bool

  package init(_ kind: Kind, _ message: String, isOutOfRange: Bool = false) {
    self.kind = kind
    self.message = message
    self.isOutOfRange = isOutOfRange
  }

  package var description: String { "\(kind.rawValue): \(message)" }
}

extension PythonTimeError {
  static func value(_ message: String) -> PythonTimeError { PythonTimeError(.valueError, message) }
  static func type(_ message: String) -> PythonTimeError { PythonTimeError(.typeError, message) }
  static func overflow(_ message: String) -> PythonTimeError { PythonTimeError(.overflowError, message) }
  static func range(_ message: String) -> PythonTimeError { PythonTimeError(.valueError, message, isOutOfRange: true) }
  static let dateRange = PythonTimeError(.overflowError, "date value out of range", isOutOfRange: true)
}
