import Essentials

/// The user's `.netrc`: names and passwords by host, used where a request brings no credentials.
struct Netrc: Sendable {
  struct Entry: Sendable, Equatable {
    var login = ""
    var account = ""
    var password = ""

    /// The name that requests sends: the login, else the account.
    var user: String { login.isEmpty ? account : login }
  }

  private var machines: [String: Entry] = [:]
  private var fallback: Entry?

  /// Whether there is nothing in the file.
  var isEmpty: Bool { machines.isEmpty && fallback == nil }

  /// The passwords in the file.
  var passwords: [String] { (machines.values.map(\.password) + [fallback?.password ?? ""]).filter { !$0.isEmpty } }

  /// The file that `NETRC` names, else `.netrc` or `_netrc` in the home folder; empty if there is none, or one that is not
  /// understood, as in requests.
  init(_ environment: [String: String]) {
    let candidates = environment["NETRC"].map { [$0] } ?? (environment["HOME"].map { ["\($0)/.netrc", "\($0)/_netrc"] } ?? [])
    guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }),
      let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20
    else { return }
    self = Netrc(parsing: String(decoding: data, as: UTF8.self)) ?? Netrc([:])
  }

  /// Nil if the text is not such a file.
  init?(parsing text: String) {
    var tokens = NetrcTokens(text)
    while let word = tokens.next() {
      var entry = Entry()
      var host: String?
      switch word {
      case "machine":
        host = tokens.next()
        guard host != nil else { return nil }
      case "default": break
      case "macdef":
        tokens.skipMacro()
        continue
      default: return nil
      }
      while let key = tokens.peek(), ["login", "user", "account", "password"].contains(key) {
        _ = tokens.next()
        guard let value = tokens.next() else { return nil }
        switch key {
        case "account": entry.account = value
        case "password": entry.password = value
        default: entry.login = value
        }
      }
      if let host {
        machines[host.utf8.allSatisfy { $0 < 0x80 } ? host : HostName.comparable(host)] = entry
      } else {
        fallback = entry
      }
    }
  }

  func entry(for host: String) -> Entry? {
    guard let entry = machines[host] ?? fallback, !entry.user.isEmpty || !entry.password.isEmpty else { return nil }
    return entry
  }
}

/// The words of a `.netrc`: split at white space, quoted or not, with comments to the end of a line.
private struct NetrcTokens {
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) { rest = text[...].unicodeScalars }

  func peek() -> String? {
    var copy = self
    return copy.next()
  }

  mutating func next() -> String? {
    while true {
      rest = rest.drop { $0.properties.isWhitespace }
      guard rest.first == "#" else { break }
      rest = rest.drop { $0 != "\n" }
    }
    guard let first = rest.first else { return nil }
    let isQuoted = first == "\""
    if isQuoted { rest.removeFirst() }
    var word = String.UnicodeScalarView()
    while let scalar = rest.first {
      if isQuoted ? scalar == "\"" : scalar.properties.isWhitespace { break }
      rest.removeFirst()
      if scalar == "\\", let escaped = rest.popFirst() { word.append(escaped) } else { word.append(scalar) }
    }
    if isQuoted { rest = rest.dropFirst() }
    return String(word)
  }

  /// A macro ends at an empty line.
  mutating func skipMacro() {
    var isLineEmpty = false
    while let scalar = rest.popFirst() {
      if scalar == "\n" {
        if isLineEmpty { return }
        isLineEmpty = true
      } else if !scalar.properties.isWhitespace {
        isLineEmpty = false
      }
    }
  }
}
