/// A request as a command of curl's.
package struct CurlCommand: Sendable, CustomStringConvertible {
  private let request: TestRead.Request

  /// Headers that curl makes itself.
  private static let own: Set<String> = ["accept", "content-length", "host", "connection"]

  package init(_ request: TestRead.Request) { self.request = request }

  package var description: String {
    var words = ["curl"]
    let usual = request.body == nil ? "GET" : "POST"
    if request.method != usual { words += ["-X", request.method] }
    words.append(Self.quoted(request.url))
    for header in request.headers where !Self.own.contains(header.name.lowercased()) {
      // What has no value is sent by curl only with a semicolon.
      words += ["-H", Self.quoted(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")]
    }
    if let body = request.body { words += ["--data-raw", Self.quoted(body)] }
    return words.joined(separator: " ")
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
