import Testing

@testable import YAML

@Suite struct ScalarTests {
  @Test("scalars are typed as PyYAML types them", arguments: ScalarCase.recorded)
  func typing(_ scalar: ScalarCase) {
    #expect(shown("v: \(scalar.text)\n") == scalar.expected)
  }

  @Test("an integer as long as Python allows is read, a longer one refused")
  func digitLimit() throws {
    let digits = String(repeating: "9", count: 4_300)
    #expect(shown("v: \(digits)") == "int \(digits)")
    #expect(shown("v: \(digits)9") == "error")
    #expect(shown("v: 0x1\(String(repeating: "0", count: 4_000))") == "error")
  }

  /// The value of the key `v`, in the form that the recorded answers have.
  private func shown(_ text: String) -> String {
    do {
      let root = try YAMLDocument(parsing: text, file: "scalar.yaml").root
      guard case .mapping(let entries) = root.content, let node = entries.first?.value else { return "no mapping" }
      return switch node.content {
      case .null: "null"
      case .bool(let value): "\(value)"
      case .int(let value): "int \(value)"
      case .bigInt(let digits): "int \(digits)"
      case .double(let value): "float \(value)"
      case .string(let text): "str \(text)"
      case .timestamp(let timestamp): "time \(timestamp.isoText)"
      case .binary(let bytes): "bytes \(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())"
      case .sequence, .mapping, .set, .pairs: "error"
      }
    } catch {
      return "error"
    }
  }
}
