import ConnectorModel

/// The cursor values that are new for a read: what is kept where a stream filters by its cursor.
struct CursorBounds: RecordBounds {
  private let definition: CursorDefinition
  private let lowest: CursorValue
  private let end: CursorValue?

  init(definition: CursorDefinition, lowest: CursorValue) {
    self.definition = definition
    self.lowest = lowest
    end = try? definition.end()
  }

  /// Whether the record's value is between the lowest new value and the end of the stream.
  /// A record without a value that can be read is kept.
  func admit(_ record: borrowing Record) -> Bool {
    guard let field = record[definition.field], !field.isNull else {
      definition.warnOfMissingValue()
      return true
    }
    let value: CursorValue
    do throws(CursorValueError) {
      value = try definition.converter.parse(field)
    } catch {
      definition.warnOfUnreadableValue(error)
      return true
    }
    if value.isBefore(lowest) { return false }
    if let end, !end.isBefore(value) { return true }
    // The end moves on while a stream is read.
    guard let end = try? definition.end() else { return true }
    return !end.isBefore(value)
  }
}
