import Bytes
import Essentials
import YAML

/// Turns the component schema from YAML into a Swift source that holds it as JSON, and its own keywords as tables:
/// `embed-schema INPUT OUTPUT`.
@main
struct EmbedSchema {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      fail("usage: embed-schema INPUT.yaml OUTPUT.swift")
    }
    let input = URL(fileURLWithPath: arguments[1])
    let output = URL(fileURLWithPath: arguments[2])
    do {
      let document = try YAMLDocument(parsing: Array(Data(contentsOf: input)), file: input.path)
      if let warning = document.warnings.first { fail("\(warning.mark): error: \(warning.message)") }
      var json = CompactJSON()
      try json.append(document.root, as: .schema)
      let source = SwiftSource.text(holding: json.text, try FactTables(of: document.root).all)
      // A source that stays as it is spares the target that holds it from being compiled again.
      if (try? String(contentsOf: output, encoding: .utf8)) != source {
        try source.write(to: output, atomically: true, encoding: .utf8)
      }
    } catch let error as YAMLError {
      fail("\(error.mark): error: \(error.message)")
    } catch {
      fail("error: \(error)")
    }
  }

  private static func fail(_ message: String) -> Never {
    try? Descriptor.write(Array("\(message)\n".utf8), to: STDERR_FILENO)
    exit(1)
  }
}
