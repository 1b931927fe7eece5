import BigInt
import ConnectorModel
import JSON
import PythonTime
import Secrets
import Templating

/// Why a cursor value could not be read.
enum CursorValueError: Error, Sendable {
  /// The value fits none of the formats: Python's `ValueError`, after which a read continues.
  case unreadable(JSONValue, formats: [String])
  /// The value has a type or a size that ends the read in Python too.
  case impossible(String)

  /// How much of a value is quoted, in characters.
  static let longestQuotation = 200

  func reason(hiding secrets: any Secrets) -> String {
    switch self {
    case .unreadable(let value, let formats):
      "None of the formats \(formats) fits \(secrets.excerpt(of: value.jsonText, upTo: Self.longestQuotation))"
    case .impossible(let reason): reason
    }
  }
}

/// Turns values of records, states and slices into cursor values, and back into what states and requests carry.
enum CursorValueConverter: Sendable {
  case datetime(DatetimeCursorFormats)
  case count

  func parse(_ value: JSONValue) throws(CursorValueError) -> CursorValue {
    switch self {
    case .datetime(let formats): return .moment(try formats.parse(value))
    case .count:
      switch value {
      case .int(let number): return .int(number)
      case .double(let number): return .double(number)
      case .number(let digits): return BigInt(digits, radix: 10).map { .large($0) } ?? .double(Double(digits) ?? .nan)
      case .bool(let flag): return .int(flag ? 1 : 0)
      default: throw .impossible("A counting cursor needs numbers, not \(value.jsonText)")
      }
    }
  }

  func parse(_ field: Record.Field) throws(CursorValueError) -> CursorValue {
    if case .datetime(let formats) = self { return .moment(try formats.parse(field)) }
    return try parse(field.value)
  }

  func format(_ value: CursorValue) -> JSONValue {
    switch (self, value) {
    case (.datetime(let formats), .moment(let moment)): .string(formats.format(moment))
    case (_, .moment(let moment)): .string(moment.description)
    case (_, .int(let number)): .int(number)
    case (_, .large(let number)): .number(String(number))
    case (_, .double(let number)): .double(number)
    }
  }

  /// How far apart two parts of a state can be and still be joined.
  var unit: CursorDuration? { if case .datetime(let formats) = self { formats.unit } else { nil } }
}

/// The formats of a datetime cursor: those that it reads, in order, and the one that it writes, which it reads last.
final class DatetimeCursorFormats: Sendable {
  private struct Input: Sendable {
    let parser: DatetimeParser
    let pattern: DatetimePattern?
    /// Whether what was read may have an offset that the output would lose.
    let movesToUTC: Bool
  }

  private let inputs: [Input]
  let output: DatetimeParser
  let unit: CursorDuration

  /// - Parameter granularity: nil for the default of a millisecond.
  init(inputs: [String], output: String, granularity: CursorDuration?) {
    let output = DatetimeParser(format: output)
    self.output = output
    self.inputs = (inputs + [output.format]).map { format in
      let parser = DatetimeParser(format: format)
      return Input(parser: parser, pattern: DatetimePattern(format), movesToUTC: output.impliesUTC && !parser.impliesUTC)
    }
    unit = granularity ?? .fixed(Self.millisecond)
  }

  private static let millisecond = (try? PyTimeDelta(milliseconds: 1)) ?? .resolution

  /// The formats as the manifest has them, the one that is written last.
  var all: [String] { inputs.map(\.parser.format) }

  func format(_ moment: PyDateTime) -> String { output.format(moment) }

  /// The moment on the clock that the output has: days and months begin there.
  func placed(_ moment: PyDateTime) -> PyDateTime { output.impliesUTC ? moment.inUTC : moment }

  func parse(_ field: Record.Field) throws(CursorValueError) -> PyDateTime {
    switch field {
    case .view(let view): try parse(view)
    case .value, .object: try parse(field.value)
    }
  }

  private func parse(_ view: JSONView) throws(CursorValueError) -> PyDateTime {
    // A typed throw does not pass through the closure, so the outcome does.
    if let outcome = view.withStringBytes({ bytes in Result { () throws(CursorValueError) in try self.parse(bytes) } }) {
      return try outcome.get()
    }
    return try parse(view.value)
  }

  func parse(_ value: JSONValue) throws(CursorValueError) -> PyDateTime {
    switch value {
    case .string(var text):
      let outcome = text.withUTF8 { bytes in Result { () throws(CursorValueError) in try self.parse(bytes) } }
      return try outcome.get()
    case .int(let number):
      return try firstReading(of: value) { input throws(PythonTimeError) in try input.parser.parse(.int(number)) }
    case .double(let number):
      return try firstReading(of: value) { input throws(PythonTimeError) in try input.parser.parse(.float(number)) }
    case .number(let digits):
      return try firstReading(of: value) { input throws(PythonTimeError) in try input.parser.parse(digits) }
    case .bool(let flag):
      return try firstReading(of: value) { input throws(PythonTimeError) in
        input.parser.isNumeric ? try input.parser.parse(.int(flag ? 1 : 0)) : try input.parser.parse(flag ? "True" : "False")
      }
    case .null, .array, .object:
      return try firstReading(of: value) { input throws(PythonTimeError) in
        if input.parser.isNumeric { throw PythonTimeError(.typeError, "a number or a text is needed, not \(value.jsonText)") }
        return try input.parser.parse(value.jsonText)
      }
    }
  }

  private func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(CursorValueError) -> PyDateTime {
    for input in inputs {
      if let moment = input.pattern?.parse(bytes) { return input.movesToUTC ? moment.inUTC : moment }
      if let pattern = input.pattern, !pattern.canMatch(bytes) { continue }
      if let moment = try reading({ () throws(PythonTimeError) in try input.parser.parse(String(decoding: bytes, as: UTF8.self)) }
      ) {
        return input.movesToUTC ? moment.inUTC : moment
      }
    }
    throw unreadable(.string(String(decoding: bytes, as: UTF8.self)))
  }

  private func firstReading(
    of value: JSONValue, _ read: (Input) throws(PythonTimeError) -> PyDateTime
  ) throws(CursorValueError) -> PyDateTime {
    for input in inputs {
      if let moment = try reading({ () throws(PythonTimeError) in try read(input) }) {
        return input.movesToUTC ? moment.inUTC : moment
      }
    }
    throw unreadable(value)
  }

  /// nil if the format does not fit.
  private func reading(_ read: () throws(PythonTimeError) -> PyDateTime) throws(CursorValueError) -> PyDateTime? {
    do throws(PythonTimeError) {
      return try read()
    } catch {
      guard error.kind == .valueError || error.kind == .iso8601Error else { throw .impossible(error.description) }
      return nil
    }
  }

  private func unreadable(_ value: JSONValue) -> CursorValueError {
    .unreadable(value, formats: inputs.map(\.parser.format))
  }
}

extension DatetimeParser {
  /// Whether the format is a number since the epoch.
  fileprivate var isNumeric: Bool { ["%s", "%s_as_float", "%ms", "%epoch_microseconds"].contains(format) }
}
