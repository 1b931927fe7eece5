import ConnectorModel
import JSON

/// A slice of a stream as files of parts hold it.
package struct PartSlice: Sendable {
  /// Its place among all slices of the stream, from 0.
  package let place: Int
  package let slice: StreamSlice

  package init(place: Int, slice: StreamSlice) {
    self.place = place
    self.slice = slice
  }

  /// What tells its partition from others.
  var partitionText: String { JSONValue.object(slice.partition).jsonText }

  /// - Parameter bounds: the names of the bounds of windows; empty where the stream has none.
  func json(_ bounds: [String]) -> JSONObject {
    var json: JSONObject = ["at": .int(place)]
    if !slice.partition.isEmpty { json["partition"] = .object(slice.partition) }
    if !slice.cursorSlice.isEmpty { json["window"] = .array(bounds.map { slice.cursorSlice[$0] ?? .null }) }
    if !slice.extraFields.isEmpty { json["extra"] = .object(slice.extraFields) }
    return json
  }

  /// - Returns: nil for something else.
  init?(_ json: JSONValue, bounds: [String]) {
    guard let place = json["at"]?.int, place >= 0 else { return nil }
    var window: JSONObject = [:]
    if let values = json["window"]?.array {
      guard values.count == bounds.count else { return nil }
      for (name, value) in zip(bounds, values) { window[name] = value }
    }
    self.init(
      place: place,
      slice: StreamSlice(
        partition: json["partition"]?.object ?? [:], cursorSlice: window, extraFields: json["extra"]?.object ?? [:]))
  }
}
