import JSON

/// Finds the address of an API.
package struct BaseFinder {
  let api: DescribedAPI

  private static let trials = ["sandbox", "staging", "test", "localhost", "127.0.0.1", "mock", "demo", "dev", "local"]

  func find() -> FoundBase {
    let whole = api.servers.filter { Self.isUsable($0.url) }
    guard let server = whole.first(where: { !isTrial($0) }) ?? whole.first else { return unknown() }
    var base = FoundBase(address: server.url)
    if server.url.hasPrefix("//") { base.address = "https:" + server.url }
    for variable in server.variables where base.address.contains("{\(variable.name)}") {
      let key = FieldWords.snake(variable.name)
      let fixed = variable.choices.count == 1 ? variable.choices[0] : nil
      // A scheme or a version that has one usual value is no question to a user.
      if let value = fixed ?? (Self.isTechnical(key) ? variable.value : nil) {
        base.address = base.address.replacing("{\(variable.name)}", with: value)
        continue
      }
      base.address = base.address.replacing("{\(variable.name)}", with: "{\(key)}")
      base.inputs.append(
        FoundInput(
          key: key, note: variable.note.flatMap { PlainText.sentence(of: $0) }, isRequired: true,
          value: Self.isExample(variable) ? nil : variable.value.map { .string($0) },
          choices: variable.choices.map { .string($0) }, example: variable.value.map { .string($0) }))
    }
    for name in PathSteps.parameters(in: base.address) where !base.inputs.contains(where: { $0.key == name }) {
      let key = FieldWords.snake(name)
      base.address = base.address.replacing("{\(name)}", with: "{\(key)}")
      base.inputs.append(FoundInput(key: key))
    }
    while base.address.hasSuffix("/") { base.address.removeLast() }
    let plain = Self.withoutUser(base.address)
    if plain != base.address {
      base.notes.append("The address in the document has a name or a password, which is left out: the config should give it.")
      base.address = plain
    }
    let secured = Self.secured(base.address)
    if secured != base.address {
      base.notes.append(
        "The document says \(base.address). Requests go over https, so that nobody on the way reads their credentials.")
      base.address = secured
    }
    let others = whole.map(\.url).filter { $0 != server.url && $0 != base.address }
    if !others.isEmpty { base.notes.append("The document also names \(others.prefix(5).joined(separator: ", ")).") }
    return base
  }

  /// Whether paths can stand behind an address: it is one of the web, and has no parameters.
  private static func isUsable(_ url: String) -> Bool {
    guard !url.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) else { return false }
    return ["https://", "http://", "//", "{"].contains { url.lowercased().hasPrefix($0) }
  }

  /// The address without a name and a password, which a manifest must not keep.
  private static func withoutUser(_ address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return address }
    let authority = address[scheme.upperBound...].prefix { $0 != "/" }
    guard let mark = authority.lastIndex(of: "@") else { return address }
    return String(address[..<scheme.upperBound] + address[address.index(after: mark)...])
  }

  /// The address with `https`, unless it leads to the machine itself.
  package static func secured(_ address: String) -> String {
    guard address.lowercased().hasPrefix("http://") else { return address }
    let rest = address.dropFirst("http://".count)
    let host = rest.hasPrefix("[::1]") ? "localhost" : rest.prefix { !"/:?#".contains($0) }.lowercased()
    return ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"].contains(host) ? address : "https://" + rest
  }

  private func isTrial(_ server: DescribedAPI.Server) -> Bool {
    let words = FieldWords.words(of: server.url) + FieldWords.words(of: server.note ?? "")
    return words.contains(where: Self.trials.contains) || server.url.contains("127.0.0.1")
  }

  private static func isTechnical(_ key: String) -> Bool {
    ["scheme", "protocol", "version", "api_version", "base_path", "basepath", "port", "path", "environment"].contains(key)
  }

  /// Whether the value only shows how one looks, as in `your-domain`.
  private static func isExample(_ variable: DescribedAPI.Server.Variable) -> Bool {
    guard variable.choices.isEmpty, let value = variable.value?.lowercased() else { return false }
    let words = FieldWords.words(of: value)
    return words.contains { ["your", "my", "example", "yourdomain", "company", "demo"].contains($0) } || value.contains("your")
      || FieldWords.key(value) == FieldWords.key(variable.name)
  }

  private func unknown() -> FoundBase {
    // Without a host, what a server has is a path.
    let path = api.servers.first.map(\.url).flatMap { $0.hasPrefix("/") && Self.isUsable("https://host" + $0) ? $0 : nil } ?? ""
    var base = FoundBase(address: "{base_url}" + (path == "/" ? "" : path))
    while base.address.hasSuffix("/") { base.address.removeLast() }
    base.inputs = [
      FoundInput(
        key: "base_url", note: "Where the API is, such as https://api.example.com", example: "https://api.example.com",
        pattern: "^https?://[^/]+")
    ]
    base.notes = ["The document does not say on which host the API is, in an address that paths can stand behind."]
    return base
  }
}
