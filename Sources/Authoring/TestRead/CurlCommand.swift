/// A request as a command of curl's.
struct CurlCommand {
  private let method: String
  private let url: String
  private let headers: [(name: String, value: String)]
  private let body: String?

  /// Headers that curl makes itself.
  private static let own: Set<String> = ["content-length", "host", "connection"]

  init(method: String, url: String, headers: [(name: String, value: String)], body: String?) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// The command, an option and its value at a time.
  /// - Parameter quoted: a text as a word of a POSIX shell.
  func words(_ quoted: (String) -> String) -> [String] {
    var words = ["curl"]
    let usual = body == nil ? "GET" : "POST"
    if method != usual { words.append("-X \(method)") }
    words.append(quoted(url))
    for (name, value) in headers where !isOwn(name, value) {
      // What has no value is sent by curl only with a semicolon.
      words.append("-H \(quoted(value.isEmpty ? "\(name);" : "\(name): \(value)"))")
    }
    if let body { words.append("--data-raw \(quoted(body))") }
    return words
  }

  private func isOwn(_ name: String, _ value: String) -> Bool {
    let name = name.lowercased()
    return Self.own.contains(name) || name == "accept" && value == "*/*"
  }

  /// A word of a POSIX shell.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-._/:%@+,".utf8.contains(byte)
        }
      }
    return isPlain ? word : "'\(word.replacing("'", with: #"'\''"#))'"
  }
}

extension TestRead.Request {
  /// The request as a command line of curl.
  package var curl: String {
    CurlCommand(method: method, url: url, headers: headers.map { ($0.name, $0.value) }, body: body)
      .words(CurlCommand.quoted).joined(separator: " ")
  }
}
