import AirbyteProtocol
import Foundation
import JSON
import Python

/// Keeps the largest cursor value of a slice's records.
///
/// A value is read only where it differs from the one before: most records of a page repeat or follow it in order.
///
/// Not safe to share, which is never done: a slice's observer belongs to the reader of the slice, and is passed on when that is
/// done.
final class CursorValueObserver: CursorObserver, @unchecked Sendable {
  private let definition: CursorDefinition
  private var lastText: [UInt8] = []
  /// What is earlier was not asked for; nil if no request says from which time records are needed.
  private let earliest: Int?
  private var counts = (values: 0, early: 0)
  private(set) var greatest: CursorValue?
  /// What replaces ``greatest`` if a counting cursor's records hold no numbers.
  private(set) var unusable: JSONValue?

  init(_ definition: CursorDefinition, for slice: StreamSlice? = nil) {
    self.definition = definition
    earliest = slice.flatMap { definition.earliestAskedFor(in: $0) }
    lastText.reserveCapacity(32)
  }

  func observe(_ record: borrowing Record) throws {
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

  /// Whether most records are older than what was asked for.
  var isMostlyEarly: Bool { counts.early * 2 > counts.values }

  private func failure(_ reason: String) -> ConnectorError {
    ConnectorError(
      .system, "Stream `\(definition.streamName)`: a record's cursor field `\(definition.field.string)` cannot be used",
      internalMessage: reason)
  }

  /// As in the reference, a counting cursor takes anything until it has to be compared with something of another kind.
  private func keep(unusable value: JSONValue) -> Bool {
    switch (unusable, value) {
    case (nil, _): unusable = value
    case (.string(let known)?, .string(let text)): if known.precedesInPython(text) { unusable = value }
    case (.array?, .array): break
    default: return false
    }
    return true
  }

  private func isRepeated(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
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
