import JSON
import Testing

@testable import JSONSchema

func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

func schema(
  _ text: String, dialect: Dialect = .draft7, checksFormats: Bool = false
) throws -> JSONSchema {
  try JSONSchema(compiling: try json(text), dialect: dialect, checksFormats: checksFormats)
}

/// A schema with values that fulfil it and values that do not.
struct Verdicts: CustomTestStringConvertible, Sendable {
  let schema: String
  let valid: [String]
  let invalid: [String]

  init(_ schema: String, valid: [String] = [], invalid: [String] = []) {
    self.schema = schema
    self.valid = valid
    self.invalid = invalid
  }

  var testDescription: String { schema }
}
