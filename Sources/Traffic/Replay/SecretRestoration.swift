import ConnectorModel
import Essentials
import JSON

/// Puts the secrets of the present config in the place of a recording's placeholders, as far as the recording says which of them they
/// are. So what compares an answer with the config, or asks for what an answer named, does the same as when it was recorded.
struct SecretRestoration: Sendable {
  private let origins: [String: (origin: SecretOrigin, secret: String)]
  private let numbers: [(digits: [UInt8], text: String)]

  /// - Parameters:
  ///   - notes: those of an entry.
  ///   - places: the secrets of the config, by their paths.
  init(_ notes: JSONObject, _ places: [String: String]) {
    var origins: [String: (origin: SecretOrigin, secret: String)] = [:]
    for (placeholder, note) in notes[RecordingNotes.secrets]?.object ?? [:] {
      guard let origin = SecretOrigin(note), let secret = places[origin.path] else { continue }
      origins[placeholder] = (origin, secret)
    }
    numbers = origins.compactMap { placeholder, known in
      guard known.origin.writing == .number, let text = known.origin.text(of: known.secret, inJSON: true) else { return nil }
      return (Array(placeholder.utf8), text)
    }
    self.origins = origins
  }

  var isEmpty: Bool { origins.isEmpty }

  func restored(_ entry: HAREntry) -> HAREntry {
    guard !isEmpty else { return entry }
    var entry = entry
    entry.request = restored(entry.request)
    entry.response.headers = entry.response.headers.map { ($0.name, restored($0.value)) }
    if let body = entry.response.body { entry.response.body?.data = restored(body.data) }
    return entry
  }

  func restored(_ request: HAREntry.Request) -> HAREntry.Request {
    guard !isEmpty else { return request }
    var request = request
    request.url = restored(request.url)
    if let body = request.body { request.body?.data = restored(body.data) }
    return request
  }

  private func restored(_ text: String) -> String {
    String(decoding: restored(Array(text.utf8), isJSON: false), as: UTF8.self)
  }

  private func restored(_ body: Data) -> Data {
    guard let first = body.first(where: { $0 > 0x20 }) else { return body }
    let bytes = Array(body)
    let isJSON = "{[\"".utf8.contains(first)
    return Data(withNumbers(restored(bytes, isJSON: isJSON), isJSON: isJSON))
  }

  private func restored(_ bytes: [UInt8], isJSON: Bool) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    for range in Placeholder.ranges(in: bytes) {
      guard let known = origins[String(decoding: bytes[range], as: UTF8.self)],
        let text = known.origin.text(of: known.secret, inJSON: isJSON)
      else { continue }
      result += bytes[position..<range.lowerBound]
      result += text.utf8
      position = range.upperBound
    }
    return position == 0 ? bytes : result + bytes[position...]
  }

  private func withNumbers(_ bytes: [UInt8], isJSON: Bool) -> [UInt8] {
    guard isJSON, !numbers.isEmpty else { return bytes }
    var bytes = bytes
    for (digits, text) in numbers {
      var start = bytes.startIndex
      while let found = bytes[start...].firstRange(of: digits) {
        start = found.upperBound
        guard Self.isNumber(at: found, in: bytes) else { continue }
        bytes.replaceSubrange(found, with: text.utf8)
        start = found.lowerBound + text.utf8.count
      }
    }
    return bytes
  }

  /// Whether digits are a whole number of JSON, from what stands around them.
  private static func isNumber(at range: Range<Int>, in bytes: [UInt8]) -> Bool {
    func ends(_ place: Int, _ marks: String) -> Bool {
      !bytes.indices.contains(place) || bytes[place] <= 0x20 || marks.utf8.contains(bytes[place])
    }
    return ends(range.lowerBound - 1, ":,[") && ends(range.upperBound, ",]}")
  }
}
