import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON
import Python
import PythonTime
import Synchronization

/// Keeps the largest cursor value of a slice's records, a page at a time.
final class CursorValueObserver: CursorObserver {
  private let values: Mutex<CursorValues>

  init(_ definition: CursorDefinition, for slice: StreamSlice) { values = Mutex(CursorValues(definition, for: slice)) }

  func observe(_ record: borrowing Record) throws { try values.withLock { try $0.observe(record) } }

  func observe(_ page: inout Page) -> (any Error)? {
    values.withLock { values in page.truncate { record in try values.observe(record) } }
  }

  func finish() -> Observation { values.withLock { $0.observation } }
}

/// Looks for the largest cursor value of records.
///
/// A value is read only where it differs from the one before: most records of a page repeat or follow it in order.
struct CursorValues: Sendable {
  private let definition: CursorDefinition
  private var lastText: [UInt8] = []
  /// What is earlier was not asked for; nil if no request says from which time records are needed.
  private let earliest: Int?
  private var counts = (values: 0, early: 0)
  private var greatest: CursorValue?
  private var unusable: JSONValue?

  init(_ definition: CursorDefinition, for slice: StreamSlice? = nil) {
    self.definition = definition
    earliest = slice.flatMap { definition.earliestAskedFor(in: $0) }
    lastText.reserveCapacity(32)
  }

  var observation: Observation {
    Observation(greatest: greatest, unusable: unusable, isMostlyEarly: counts.early * 2 > counts.values)
  }

  mutating func observe(_ record: borrowing Record) throws {
    guard let field = record[definition.field], !field.isNull else {
      definition.warnOfMissingValue()
      return
    }
    if case .view(let view) = field, view.withStringBytes({ isRepeated($0) }) == true { return }
    let value: CursorValue
    do throws(CursorValueError) {
      value = try definition.converter.parse(field)
    } catch {
      switch error {
      case .unreadable:
        definition.warnOfUnreadableValue(error)
        return
      case .impossible(let reason):
        if case .count = definition.converter, greatest == nil, keep(unusable: field.value) { return }
        throw failure(reason)
      }
    }
    if let earliest, let moment = value.moment {
      counts.values += 1
      if moment.epochMicroseconds < earliest { counts.early += 1 }
    }
    if let unusable { throw failure("A number cannot be compared with \(unusable.jsonText)") }
    if let greatest, !greatest.isBefore(value) {
      // Nothing to keep.
    } else {
      greatest = value
    }
  }

  private func failure(_ reason: String) -> ConnectorError {
    ConnectorError(
      .system, "Stream `\(definition.streamName)`: a record's cursor field `\(definition.field.string)` cannot be used",
      internalMessage: reason)
  }

  /// As the reference, a counting cursor takes anything until it has to be compared with something of another kind.
  private mutating func keep(unusable value: JSONValue) -> Bool {
    switch (unusable, value) {
    case (nil, _): unusable = value
    case (.string(let known)?, .string(let text)): if known.precedesInPython(text) { unusable = value }
    case (.array?, .array): break
    default: return false
    }
    return true
  }

  private mutating func isRepeated(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard lastText.count == text.count, let start = text.baseAddress else {
      lastText = Array(text)
      return false
    }
    return lastText.withUnsafeMutableBytes { last in
      guard let place = last.baseAddress else { return true }
      if memcmp(place, start, text.count) == 0 { return true }
      memcpy(place, start, text.count)
      return false
    }
  }
}
