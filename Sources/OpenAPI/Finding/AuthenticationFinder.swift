import Essentials

/// Finds how requests prove who sends them, from the schemes of a document and what its operations need.
struct AuthenticationFinder {
  let api: DescribedAPI

  /// - Parameter operations: those that are read.
  func find(for operations: [DescribedAPI.Operation]) -> FoundAuthentication {
    let schemes = Dictionary(api.securitySchemes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var alternatives: [[String]: Int] = [:]
    var order: [[String]] = []
    for operation in operations {
      for need in operation.security ?? api.security where !need.isEmpty {
        if alternatives[need] == nil { order.append(need) }
        alternatives[need, default: 0] += 1
      }
    }
    // A document may describe schemes and need none of them anywhere.
    let isStated = !order.isEmpty || operations.contains { $0.security != nil } || !api.security.isEmpty
    if !isStated { order = api.securitySchemes.map { [$0.id] } }
    let usable = order.compactMap { need -> (need: [String], kind: FoundAuthentication.Kind, rank: Int, count: Int)? in
      let parts = need.compactMap { schemes[$0] }
      guard parts.count == need.count, let kind = kind(of: parts) else { return nil }
      return (need, kind, Self.rank(kind), alternatives[need] ?? 0)
    }
    guard
      let best = usable.enumerated().min(by: { one, other in
        (-one.element.count, one.element.rank, one.offset) < (-other.element.count, other.element.rank, other.offset)
      })?.element
    else { return nothing(order, schemes) }
    var found = FoundAuthentication(kind: best.kind, schemes: best.need)
    let others = usable.filter { $0.need != best.need }.map { $0.need.joined(separator: " with ") }
    if !others.isEmpty {
      found.notes.append("The API also takes \(Self.list(others)) instead of \(best.need.joined(separator: " with ")).")
    }
    if !isStated {
      found.notes.append("The document describes \(best.need[0]), but does not say which requests need it.")
    }
    if case .oauth2(let flow, _) = best.kind, flow.name == "password" {
      found.notes.append("The API exchanges a user's name and password for a token.")
    }
    return found
  }

  private func nothing(_ order: [[String]], _ schemes: [String: DescribedAPI.SecurityScheme]) -> FoundAuthentication {
    var found = FoundAuthentication(kind: .none)
    if order.isEmpty {
      found.notes.append("The document does not say how requests are authenticated.")
    } else {
      let kinds = order.flatMap { $0 }.map { id -> String in
        if case .other(let kind)? = schemes[id]?.kind { return "\(id) (\(kind))" }
        return id
      }
      found.notes.append("The API asks for \(Self.list(kinds)), for which there is no authenticator.")
    }
    return found
  }

  private static func list(_ names: [String]) -> String {
    names.count > 1 ? names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "") : names.first ?? ""
  }

  /// Less is better, where as many requests take each.
  private static func rank(_ kind: FoundAuthentication.Kind) -> Int {
    switch kind {
    case .bearer: 0
    case .keys(let keys): keys.count > 1 ? 5 : keys[0].place == .header ? 1 : 3
    case .oauth2(let flow, _): flow.name == "clientCredentials" ? 2 : 4
    case .basic: 4
    case .none: 9
    }
  }

  private func kind(of parts: [DescribedAPI.SecurityScheme]) -> FoundAuthentication.Kind? {
    if parts.count > 1 {
      var keys: [FoundAuthentication.Key] = []
      for part in parts {
        guard case .apiKey(let place, let name) = part.kind else { return nil }
        keys.append(.init(place: place, name: name, prefix: ""))
      }
      return .keys(keys)
    }
    guard let part = parts.first else { return nil }
    switch part.kind {
    case .basic:
      return .basic(hasPassword: !Self.says(part.note, "leave the password", "password empty", "no password", "empty password"))
    case .bearer: return .bearer
    case .apiKey(let place, let name): return key(place, name, part.note)
    case .oauth2(let flows): return oauth(flows)
    case .other: return nil
    }
  }

  /// A key in the header `Authorization` is mostly a token behind a word.
  private func key(_ place: DescribedAPI.SecurityScheme.Place, _ name: String, _ note: String?) -> FoundAuthentication.Kind {
    guard place == .header, name.lowercased() == "authorization" else {
      return .keys([.init(place: place, name: name, prefix: "")])
    }
    if Self.says(note, "bearer") { return .bearer }
    for word in ["token", "apikey", "key"] {
      let forms = ["\"\(word)\"", "'\(word)'", "`\(word)`", "\(word) <", "\(word) {", "\(word) your"]
      let found = forms.lazy.compactMap { note?.firstRange(ofIgnoringCase: $0) }.first
      if let note, let found {
        // As it is written there, without what is around it.
        let written = note[found].drop { !$0.isLetter }.prefix(while: \.isLetter)
        return .keys([.init(place: place, name: name, prefix: "\(written) ")])
      }
    }
    return .keys([.init(place: place, name: name, prefix: "")])
  }

  private static func says(_ note: String?, _ words: String...) -> Bool {
    let text = note?.lowercased() ?? ""
    return words.contains(where: text.contains)
  }

  private func oauth(_ flows: [DescribedAPI.SecurityScheme.Flow]) -> FoundAuthentication.Kind? {
    for name in ["clientCredentials", "authorizationCode", "password"] {
      if let flow = flows.first(where: { $0.name == name }), let url = flow.tokenURL ?? flow.refreshURL {
        return .oauth2(flow, tokenURL: url)
      }
    }
    // Whoever has such a token sends it as any other.
    return .bearer
  }
}
