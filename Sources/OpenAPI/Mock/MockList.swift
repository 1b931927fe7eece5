import JSON
import PythonTime
import Templating
import Traffic

/// The records of one list of a mock.
struct MockList: Sendable {
  let stream: FoundStream
  /// How many records there are for the first partition.
  let count: Int
  private let schema: JSONValue
  private let maker: ValueMaker
  /// Fields that have another value in each record.
  private let keys: [String]
  /// When the newest record was changed, in microseconds since the epoch, and how far the others are apart.
  private let end: Int64
  private let step: Int64

  /// A second partition has this many records, all others have none.
  static let countOfSecond = 2
  /// Records are not older than the first day that made-up configs begin at.
  private static let span: Int64 = 20 * 86_400_000_000

  /// - Parameters:
  ///   - keys: the fields that other lists' paths are filled with.
  ///   - now: in microseconds since the epoch.
  init(_ stream: FoundStream, reader: SchemaReader, count: Int, keys: [String], seed: Int, now: Int64) {
    self.stream = stream
    self.count = count
    var translation = SchemaTranslation(reader, keepsChoices: true)
    schema = .object(translation.recordSchema(of: stream.record))
    maker = ValueMaker(seed: seed)
    self.keys = (stream.primaryKey + keys).filter { $0 != stream.cursor?.field }
    end = now - now % 60_000_000 - 3_600_000_000
    let total = Int64(count + Self.countOfSecond)
    step = max(min(3_600_000_000, Self.span / max(total, 1)) / 1_000_000, 1) * 1_000_000
  }

  /// The numbers of the records of a partition, by its place among the parent's records: 0 for the first.
  func numbers(ofPartition rank: Int) -> Range<Int> {
    switch rank {
    case 0: 1..<(count + 1)
    case 1: (count + 1)..<(count + Self.countOfSecond + 1)
    default: 0..<0
    }
  }

  /// When a record was changed.
  func moment(_ number: Int) -> Int64 { end - Int64(count + Self.countOfSecond - number) * step }

  /// - Parameter values: what the request's path and its filters say of the record.
  func record(_ number: Int, _ values: [String: String] = [:]) -> JSONValue {
    let made = ValueMaker.Record(number: number, moment: moment(number))
    var record = maker.value(of: schema, named: "", in: schema, for: made)
    if record.count == 0 {
      for name in stream.primaryKey + ["id", "name"] { record[name] = maker.guess(name, for: made) }
    }
    for (name, value) in values {
      for (field, own) in record.object ?? [:]
      where FieldWords.key(field) == FieldWords.key(name) && field != stream.primaryKey.first && own.bool == nil {
        record[field] = own.int == nil ? .string(value) : Int(value).map { .int($0) } ?? own
      }
    }
    for name in keys { record[name] = key(name, record[name], number) }
    if let cursor = stream.cursor {
      let format = cursor.formats.first ?? cursor.requestFormat
      let text = ValueMaker.text(moment(number), format)
      record[cursor.field] =
        format.hasPrefix("%s") || format == "%ms" ? Int(text).map { .int($0) } ?? .string(text) : .string(text)
    }
    return record
  }

  private func key(_ name: String, _ value: JSONValue?, _ number: Int) -> JSONValue {
    let field = schema["properties"]?[name]
    switch value {
    case .int?, .double?, .number?: return .int(number)
    case .string(let text)? where field?["enum"] == nil && (text.hasSuffix(String(number)) || text.count == 36):
      return .string(text)
    case .string?: return .string("\(FieldWords.words(of: name).joined(separator: "-"))-\(number)")
    default: return maker.guess(name, for: .init(number: number, moment: moment(number)))
    }
  }

  /// Whether a record lies within what a request asks for.
  func isAsked(_ number: Int, _ request: MockRequest) -> Bool {
    guard let cursor = stream.cursor else { return true }
    // As coarse as what is asked.
    func parsed(_ text: String) -> Int? {
      for format in [cursor.requestFormat] + cursor.formats {
        if let time = try? DatetimeParser(format: format).parse(text) { return time.epochMicroseconds }
      }
      return nil
    }
    guard let own = parsed(ValueMaker.text(moment(number), cursor.requestFormat)) else { return true }
    if let start = request.parameter(cursor.start).flatMap(parsed), own < start { return false }
    if let end = cursor.end.flatMap({ request.parameter($0) }).flatMap(parsed), own > end { return false }
    return true
  }
}
