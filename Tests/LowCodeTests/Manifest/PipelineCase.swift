import Testing

/// A manifest, and what the reference implementation makes of it, recorded from airbyte-cdk 7.39.1: a JSON text, or `error`.
struct PipelineCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let manifest: String
  let expected: String

  init(_ name: String, _ manifest: String, _ expected: String) {
    testDescription = name
    self.manifest = manifest
    self.expected = expected
  }
}
