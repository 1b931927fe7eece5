import JSON
import Traffic

/// Makes up whole answers from their schemas.
struct MockAnswers: Sendable {
  let reader: SchemaReader
  let seed: Int
  /// In microseconds since the epoch.
  let now: Int64

  /// - Returns: nil for an operation whose answer has no JSON.
  func answer(to operation: DescribedAPI.Operation) -> JSONValue? {
    guard let schema = operation.response?.schema else { return nil }
    var translation = SchemaTranslation(reader, keepsChoices: true)
    let whole = JSONValue.object(["type": "object", "properties": ["answer": translation.schema(of: schema)]])
    return ValueMaker(seed: seed).value(of: whole, named: "", in: whole, for: .init(number: 1, moment: now))["answer"]
  }
}
