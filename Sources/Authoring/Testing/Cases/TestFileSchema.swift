import JSON

/// The JSON schema of files of tests, which editors can use too.
package enum TestFileSchema {
  /// The schema as it is written.
  package static let text = String(decoding: PackageResources.tests_schema_json, as: UTF8.self)

  /// The schema; a test shows that it is one.
  static let document = (try? JSONValue(parsing: text)) ?? [:]
}
