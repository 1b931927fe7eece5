import Components
import ConnectorModel
import JSON
import PythonTime

/// What the cursor values of a stream's records are like.
struct CursorFindings: Sendable {
  /// Records without a value, or with one that cannot be read.
  var unreadable = 0
  /// How often a value was greater, or smaller, than the one before in its slice.
  var ascents = 0
  var descents = 0
  /// Records from more than a day before their slice's window, or after it.
  var beforeWindow = 0
  var afterWindow = 0
  /// Records that are older than what the state says was read.
  var late = 0
  /// How old the oldest of them is, in seconds before the state.
  var greatestLateness = 0.0
  /// Those that are older than the state by more than the lookback.
  var beyondLookback = 0
  var least: CursorValue?
  var greatest: CursorValue?

  mutating func add(_ other: CursorFindings) {
    unreadable += other.unreadable
    ascents += other.ascents
    descents += other.descents
    beforeWindow += other.beforeWindow
    afterWindow += other.afterWindow
    late += other.late
    greatestLateness = max(greatestLateness, other.greatestLateness)
    beyondLookback += other.beyondLookback
    for value in [other.least, other.greatest].compactMap(\.self) { spread(to: value) }
  }

  mutating func spread(to value: CursorValue) {
    if least.map({ value.isBefore($0) }) ?? true { least = value }
    if greatest.map({ $0.isBefore(value) }) ?? true { greatest = value }
  }
}

/// Follows the cursor values of one slice, from record to record.
///
/// The texts of most cursors are in the order of their times: such texts are compared, and of a page only the first and the last one in
/// that order are read.
struct CursorOrder: Sendable {
  private static let day = 86_400.0
  private let axis: CursorAxis
  private let start: CursorValue?
  private let end: CursorValue?
  /// Up to where an earlier read came.
  private let known: CursorValue?
  private var last: CursorValue?
  private(set) var findings = CursorFindings()

  init(_ axis: CursorAxis, slice: StreamSlice, known: CursorValue?) {
    self.axis = axis
    self.known = known
    (start, end) = axis.window(of: slice)
  }

  mutating func look(at records: UnsafeBufferPointer<Record>) {
    guard let first = records.first else { return }
    guard let span = span(of: records) else { return lookClosely(at: records, countsOrder: true) }
    let fields = (
      first[axis.field], records[records.count - 1][axis.field], records[span.least][axis.field],
      records[span.greatest][axis.field]
    )
    guard let begin = fields.0.flatMap(axis.place), let end = fields.1.flatMap(axis.place),
      let least = fields.2.flatMap(axis.place), let greatest = fields.3.flatMap(axis.place)
    else { return lookClosely(at: records, countsOrder: true) }
    step(to: begin)
    findings.ascents += span.ascents
    findings.descents += span.descents
    last = end
    findings.spread(to: least)
    findings.spread(to: greatest)
    if isRemarkable(least) || isRemarkable(greatest) { lookClosely(at: records, countsOrder: false) }
  }

  /// Reads the value of each record.
  private mutating func lookClosely(at records: UnsafeBufferPointer<Record>, countsOrder: Bool) {
    for place in records.indices {
      guard let field = records[place][axis.field], !field.isNull, let value = axis.place(of: field) else {
        findings.unreadable += 1
        continue
      }
      if countsOrder {
        step(to: value)
        findings.spread(to: value)
      }
      note(value)
    }
  }

  private mutating func step(to value: CursorValue) {
    if let last {
      if last.isBefore(value) { findings.ascents += 1 } else if value.isBefore(last) { findings.descents += 1 }
    }
    last = value
  }

  private mutating func note(_ value: CursorValue) {
    if let start, Self.distance(from: value, to: start) > Self.day { findings.beforeWindow += 1 }
    if let end, Self.distance(from: end, to: value) > Self.day { findings.afterWindow += 1 }
    guard let known else { return }
    let lateness = Self.distance(from: value, to: known)
    guard lateness > 0 else { return }
    findings.late += 1
    findings.greatestLateness = max(findings.greatestLateness, lateness)
    if !axis.looksBackByCalendar, lateness > axis.lookback ?? 0 { findings.beyondLookback += 1 }
  }

  private func isRemarkable(_ value: CursorValue) -> Bool {
    known.map { value.isBefore($0) } ?? false || start.map { value.isBefore($0) } ?? false
      || end.map { $0.isBefore(value) } ?? false
  }

  /// The seconds between two moments; 0 where they are something else.
  private static func distance(from first: CursorValue, to second: CursorValue) -> Double {
    guard let first = first.moment, let second = second.moment else { return 0 }
    return Double(second.epochMicroseconds - first.epochMicroseconds) / 1_000_000
  }

  // MARK: Texts

  private struct Span {
    var least = 0
    var greatest = 0
    var ascents = 0
    var descents = 0
  }

  /// What the order of the values is, where it is that of their texts; nil if they have to be read.
  private func span(of records: UnsafeBufferPointer<Record>) -> Span? {
    var span = Span()
    var previous: JSONView?
    var (least, greatest): (JSONView?, JSONView?) = (nil, nil)
    for place in records.indices {
      guard case .view(let view)? = records[place][axis.field], Self.isOrdered(view) else { return nil }
      guard let before = previous, let low = least, let high = greatest else {
        (previous, least, greatest) = (view, view, view)
        continue
      }
      guard let order = Self.order(before, view) else { return nil }
      if order < 0 {
        span.ascents += 1
        if let order = Self.order(high, view), order < 0 { (greatest, span.greatest) = (view, place) }
      } else if order > 0 {
        span.descents += 1
        if let order = Self.order(view, low), order < 0 { (least, span.least) = (view, place) }
      }
      previous = view
    }
    return span
  }

  /// Whether a text is a date, or a date and a time without an offset, from the year down.
  private static func isOrdered(_ view: JSONView) -> Bool {
    view.withStringBytes { text in
      guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return false }
      var place = 0
      while place < text.count {
        let isDigit = 0x30...0x39 ~= text[place]
        if place < 10 ? !isDigit && place != 4 && place != 7 : text[place] == 0x2B || text[place] == 0x2D { return false }
        place += 1
      }
      return true
    } ?? false
  }

  /// How two texts of the same form compare; nil if their forms differ.
  private static func order(_ left: JSONView, _ right: JSONView) -> Int? {
    let order: Int?? = left.withStringBytes { left in
      right.withStringBytes { right -> Int? in
        guard left.count == right.count else { return nil }
        var order = 0
        for place in left.indices {
          let (first, second) = (left[place], right[place])
          if first == second { continue }
          guard 0x30...0x39 ~= first, 0x30...0x39 ~= second else { return nil }
          if order == 0 { order = first < second ? -1 : 1 }
        }
        return order
      } ?? nil
    }
    return order ?? nil
  }
}
