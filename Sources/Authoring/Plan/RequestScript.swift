import ConnectorModel
import JSON

/// Requests as other programs take them: command lines of curl, and files of Hurl.
package struct RequestScript: Sendable {
  private let names: SecretNames

  package init(_ names: SecretNames) { self.names = names }

  /// Headers that these programs send by themselves.
  private static func isOwn(_ header: (name: String, value: String)) -> Bool {
    !(HeaderName.isSame(header.name, "Accept") && header.value == "*/*")
  }

  // MARK: curl

  /// The command line of a request; secrets are variables of the shell.
  package func curl(_ request: ExplainedRequest) -> String {
    CurlCommand(method: request.method, url: request.url, headers: request.headers, body: request.bodyText)
      .words(quoted).joined(separator: " \\\n  ")
  }

  private func quoted(_ text: String) -> String {
    names.pieces(text).map { piece in
      switch piece {
      case .text(let text): "'\(text.replacing("'", with: "'\\''"))'"
      case .secret(let name): "\"$\(name.uppercased())\""
      }
    }.joined()
  }

  // MARK: Hurl

  /// The entry of a Hurl file; secrets are variables of Hurl.
  package func hurl(_ request: ExplainedRequest) -> String {
    let url = RequestURL(request.url)
    var bare = url
    bare.query = nil
    var lines = ["\(request.method) \(templated(bare.description))"]
    lines += request.headers.filter(Self.isOwn).map { "\(templated($0.name)): \(templated($0.value))" }
    lines += section("Query", QueryText(url.query ?? "").fields.map { ($0.name, $0.value ?? "") })
    if let text = request.bodyText {
      if request.header("Content-Type")?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true {
        lines += section("Form", QueryText(text).fields.map { ($0.name, $0.value ?? "") })
      } else if (try? JSONValue(parsing: Array(text.utf8))) != nil {
        lines.append(templated(text))
      } else {
        lines.append("`\(templated(text.replacing("`", with: "\\`")))`")
      }
    }
    return (lines + ["HTTP 200"]).joined(separator: "\n")
  }

  private func section(_ name: String, _ fields: [(name: String, value: String)]) -> [String] {
    fields.isEmpty ? [] : ["[\(name)]"] + fields.map { "\(escaped($0.name, isKey: true)): \(escaped($0.value, isKey: false))" }
  }

  private func templated(_ text: String) -> String {
    names.pieces(text).map { piece in
      switch piece {
      case .text(let text): text
      case .secret(let name): "{{\(name)}}"
      }
    }.joined()
  }

  /// Hurl reads `#` as the start of a comment, and `:` as the end of a key.
  private func escaped(_ text: String, isKey: Bool) -> String {
    names.pieces(text).map { piece in
      switch piece {
      case .secret(let name): return "{{\(name)}}"
      case .text(let text):
        var result = ""
        for character in text {
          switch character {
          case "\\": result += "\\\\"
          case "#": result += "\\#"
          case ":" where isKey: result += "\\:"
          case "{" where isKey, "[" where isKey: result += "\\u{\(String(character.unicodeScalars.first?.value ?? 0, radix: 16))}"
          case "\n": result += "\\n"
          default: result.append(character)
          }
        }
        return result
      }
    }.joined()
  }
}
