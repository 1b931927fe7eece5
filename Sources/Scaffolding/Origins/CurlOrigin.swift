import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON

/// A connector that is begun from somewhere, and the credentials that were found there: these are for looking at the API, and belong in
/// no file.
package struct Origin: Sendable {
  package var description: ConnectorDescription
  package var credentials: JSONObject
  /// What could not be used, in a sentence each.
  package var problems: [String]

  package init(_ description: ConnectorDescription, credentials: JSONObject = [:], problems: [String] = []) {
    self.description = description
    self.credentials = credentials
    self.problems = problems
  }
}

/// Begins a connector from a command of curl's.
package enum CurlOrigin {
  /// - Throws: ``ConnectorError`` that says what of the command cannot be used. It quotes nothing that may be a secret.
  package static func read(_ command: String) throws(ConnectorError) -> Origin {
    let reading = try RequestReading(request(ShellWords.split(command)))
    let base = PathSplit.base(of: reading.path)
    var stream = reading.stream
    stream.path = String(reading.path.dropFirst(base.count))
    var description = ConnectorDescription(
      name: ConnectorNames.name(ofHost: reading.origin), origin: "a command of curl's", baseAddress: reading.origin + base,
      authentication: reading.authentication, configFields: reading.secretFields, streams: [stream])
    StreamInference.placeKnownParameters(of: &description.streams[0])
    return Origin(description, credentials: reading.credentials)
  }

  /// Options of curl's that take a value, which has no meaning here.
  private static let passedOver: Set<String> = [
    "-o", "--output", "-A", "--user-agent", "-e", "--referer", "-m", "--max-time", "--connect-timeout", "--retry", "--cacert",
    "-E",
    "--cert", "--key", "-x", "--proxy", "-w", "--write-out", "-D", "--dump-header", "--retry-delay", "-c", "--cookie-jar",
    "--resolve",
    "--interface", "--limit-rate", "--ciphers", "--max-redirs", "-K", "--config", "-T", "--upload-file",
  ]

  private static func request(_ words: [String]) throws(ConnectorError) -> GivenRequest {
    guard let first = words.first, first == "curl" || first.hasSuffix("/curl") else {
      throw ConnectorError(.config, "The command should begin with `curl`, as browsers and API documentation give it")
    }
    var request = GivenRequest(method: "", url: "")
    var data: [String] = []
    var asksByGet = false
    var rest = words.dropFirst()[...]
    func value(of option: String, _ attached: String?) throws(ConnectorError) -> String {
      if let attached { return attached }
      guard let value = rest.popFirst() else {
        throw ConnectorError(.config, "The option `\(option)` of the command lacks its value")
      }
      return value
    }
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word.count > 1 else {
        if request.url.isEmpty { request.url = word }
        continue
      }
      let (option, attached) = parted(word)
      switch option {
      case "-X", "--request": request.method = try value(of: option, attached).uppercased()
      case "--url": request.url = try value(of: option, attached)
      case "-H", "--header":
        let pair = try value(of: option, attached).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if pair.count == 2 { request.headers.append((String(pair[0]).trimmed, String(pair[1]).trimmed)) }
      case "-d", "--data", "--data-ascii", "--data-binary", "--data-raw", "--json", "--data-urlencode":
        let text = try value(of: option, attached)
        guard !text.hasPrefix("@") || option == "--data-raw" else {
          throw ConnectorError(.config, "The command sends a file by `\(option)`: put what it sends into the command")
        }
        if option == "--json" { request.headers.append(("Content-Type", "application/json")) }
        data.append(option == "--data-urlencode" ? encoded(text) : text)
      case "-G", "--get": asksByGet = true
      case "-u", "--user":
        request.headers.append(("Authorization", "Basic " + base64(try value(of: option, attached))))
      case "--oauth2-bearer": request.headers.append(("Authorization", "Bearer " + (try value(of: option, attached))))
      case "-b", "--cookie": _ = try value(of: option, attached)
      case "-F", "--form", "--form-string":
        throw ConnectorError(
          .config, "The command sends a form of several parts by `\(option)`, which declarative connectors cannot send")
      case let other where passedOver.contains(other): _ = try value(of: option, attached)
      // All others have no value.
      default: break
      }
    }
    guard !request.url.isEmpty else { throw ConnectorError(.config, "The command has no address") }
    if !request.url.contains("://") { request.url = "https://" + request.url }
    if asksByGet, !data.isEmpty {
      request.url += (request.url.contains("?") ? "&" : "?") + data.joined(separator: "&")
    } else if !data.isEmpty {
      request.body = data.joined(separator: "&")
    }
    if request.method.isEmpty { request.method = request.body == nil ? "GET" : "POST" }
    return request
  }

  /// An option and a value that is attached to it: `-XPOST`, `--request=POST`.
  private static func parted(_ word: String) -> (option: String, value: String?) {
    if word.hasPrefix("--") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      return (parts[0], parts.count == 2 ? parts[1] : nil)
    }
    let option = String(word.prefix(2))
    let takesValue = ["-X", "-H", "-d", "-u", "-b", "-F"].contains(option) || passedOver.contains(option)
    return word.count > 2 && takesValue ? (option, String(word.dropFirst(2))) : (option, nil)
  }

  private static func encoded(_ text: String) -> String {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return PercentEncoding.quotePlus(text) }
    return (parts[0].isEmpty ? "" : parts[0] + "=") + PercentEncoding.quotePlus(parts[1])
  }

  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}

/// Words as a POSIX shell divides them, with the quotes that browsers write.
enum ShellWords {
  /// - Throws: ``ConnectorError`` for a quote that is not closed.
  static func split(_ text: String) throws(ConnectorError) -> [String] {
    var words: [String] = []
    var word: String?
    var rest = text[...]
    func unclosed() -> ConnectorError { ConnectorError(.config, "A quote in the command is not closed: copy the whole command") }
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        guard let next = rest.popFirst() else { break }
        // A line that is continued.
        if next != "\n" && next != "\r\n" { word = (word ?? "") + String(next) }
      case "'":
        guard let end = rest.firstIndex(of: "'") else { throw unclosed() }
        word = (word ?? "") + rest[..<end]
        rest = rest[rest.index(after: end)...]
      case "$" where rest.first == "'":
        rest = rest.dropFirst()
        guard let quoted = ansi(&rest) else { throw unclosed() }
        word = (word ?? "") + quoted
      case "\"":
        guard let quoted = double(&rest) else { throw unclosed() }
        word = (word ?? "") + quoted
      case let blank where blank.isWhitespace:
        if let complete = word { words.append(complete) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    if let complete = word { words.append(complete) }
    return words
  }

  private static func double(_ rest: inout Substring) -> String? {
    var text = ""
    while let character = rest.popFirst() {
      if character == "\"" { return text }
      guard character == "\\", let next = rest.first, "\"\\$`\n".contains(next) else {
        text.append(character)
        continue
      }
      rest = rest.dropFirst()
      if next != "\n" { text.append(next) }
    }
    return nil
  }

  private static let escapes: [Character: Character] = ["n": "\n", "t": "\t", "r": "\r", "0": "\0"]

  /// What is between `$'` and `'`.
  private static func ansi(_ rest: inout Substring) -> String? {
    var text = ""
    while let character = rest.popFirst() {
      if character == "'" { return text }
      guard character == "\\", let next = rest.popFirst() else {
        text.append(character)
        continue
      }
      if next == "u" || next == "x" {
        let digits = rest.prefix(next == "u" ? 4 : 2).prefix { $0.isHexDigit }
        if let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) { text.unicodeScalars.append(scalar) }
        rest = rest.dropFirst(digits.count)
      } else {
        text.append(escapes[next] ?? next)
      }
    }
    return nil
  }
}
