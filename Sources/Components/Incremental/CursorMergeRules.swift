import ConnectorModel
import Essentials
import JSON
import PythonTime

/// What has to be known of a cursor of time to put together what was read of its stream in parts.
package struct CursorMergeRules: Sendable, Equatable {
  package var field: String
  /// The formats of its values, the one that it writes last.
  package var formats: [String]
  /// How far apart two windows can be and still touch, where that is not the usual millisecond.
  package var unit: CursorDuration?
  /// Where the stream begins.
  package var start: PyDateTime
  /// The names of the bounds of a slice's window.
  package var bounds: [String]

  /// The rules as JSON.
  package var json: JSONObject {
    var json: JSONObject = [
      "field": .string(field), "formats": .array(formats.map { .string($0) }), "start": .string(start.isoFormat()),
      "bounds": .array(bounds.map { .string($0) }),
    ]
    switch unit {
    case .fixed(let length)?: json["unit"] = ["microseconds": .number(String(length.totalMicroseconds))]
    case .calendar(let length)?:
      json["unit"] = [
        "years": .string("\(length.years)"), "months": .string("\(length.months)"),
        "microseconds": .number(String(length.timeDelta.totalMicroseconds)),
      ]
    case nil: break
    }
    return json
  }

  package init(field: String, formats: [String], unit: CursorDuration?, start: PyDateTime, bounds: [String]) {
    self.field = field
    self.formats = formats
    self.unit = unit
    self.start = start
    self.bounds = bounds
  }

  /// - Returns: nil for something else.
  package init?(_ json: JSONValue?) {
    guard let field = json?["field"]?.string, let formats = json?["formats"]?.array?.compactMap(\.string), !formats.isEmpty,
      let start = json?["start"]?.string.flatMap({ try? PyDateTime.isoParse($0) }),
      let bounds = json?["bounds"]?.array?.compactMap(\.string), bounds.count == 2
    else { return nil }
    self.init(field: field, formats: formats, unit: nil, start: start, bounds: bounds)
    guard let unit = json?["unit"] else { return }
    guard let length = unit["microseconds"].flatMap({ Int128($0.jsonText) }).flatMap({ try? PyTimeDelta(totalMicroseconds: $0) })
    else { return nil }
    guard let years = unit["years"]?.string else {
      self.unit = .fixed(length)
      return
    }
    guard let years = Decimal(string: years), let months = unit["months"]?.string.flatMap({ Decimal(string: $0) }) else {
      return nil
    }
    self.unit = .calendar(PyDuration(years: years, months: months, timeDelta: length))
  }

  /// The cursor that they are of, as far as states are concerned.
  func definition(of stream: String, in runtime: RuntimeEnvironment) -> CursorDefinition {
    let start = start
    return CursorDefinition(
      streamName: stream, field: field,
      converter: .datetime(DatetimeCursorFormats(inputs: formats.dropLast(), output: formats.last ?? "", granularity: unit)),
      rules: WindowRules(granularity: unit), boundaries: CursorDefinition.Boundaries(start: bounds[0], end: bounds[1]),
      readsWindows: true, start: { .moment(start) }, end: { .moment(start) }, requestOptions: WindowRequestOptions(),
      runtime: runtime)
  }
}

extension CursorDefinition {
  /// - Parameter start: where the stream begins.
  /// - Returns: nil for a cursor that counts.
  func mergeRules(start: CursorValue) -> CursorMergeRules? {
    guard case .datetime(let formats) = converter, let start = start.moment else { return nil }
    return CursorMergeRules(
      field: field.string, formats: formats.all, unit: rules.granularity, start: start,
      bounds: [boundaries.start, boundaries.end])
  }
}
