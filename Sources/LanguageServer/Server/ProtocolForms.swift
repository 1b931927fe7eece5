import JSON
import Validation

/// In which form a client shows explanations.
struct Markup {
  private let hovers: Bool
  private let completions: Bool

  /// - Parameter capabilities: what the client says that it can do.
  init(_ capabilities: JSONValue?) {
    let document = capabilities?["textDocument"]
    func has(_ formats: JSONValue?) -> Bool { formats?.array?.contains("markdown") ?? false }
    hovers = has(document?["hover"]?["contentFormat"])
    completions = has(document?["completion"]?["completionItem"]?["documentationFormat"])
  }

  /// An explanation as the protocol has it; a plain text where the client does not show Markdown.
  func json(_ markdown: String, isHover: Bool) -> JSONValue {
    guard isHover ? hovers : completions else { return .string(Self.plain(markdown)) }
    return ["kind": "markdown", "value": .string(markdown)]
  }

  /// The text without the marks of Markdown.
  private static func plain(_ markdown: String) -> String {
    markdown.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("```") }
      .joined(separator: "\n").replacing("**", with: "")
  }
}

extension Completer.Item {
  /// As the protocol has it.
  func json(replacing range: JSONValue, _ markup: Markup) -> JSONValue {
    var json: JSONObject = [
      "label": .string(label), "kind": .int(kind.rawValue), "sortText": .string("\(rank) \(label)"),
      "textEdit": ["range": range, "newText": .string(newText ?? label)],
    ]
    if !detail.isEmpty { json["detail"] = .string(detail) }
    if let documentation { json["documentation"] = markup.json(documentation, isHover: false) }
    return .object(json)
  }
}

extension SymbolLister.Symbol {
  /// As the protocol has it.
  func json(in text: DocumentText) -> JSONValue {
    var json: JSONObject = [
      "name": .string(name), "kind": .int(kind.rawValue), "range": text.json(extent), "selectionRange": text.json(selection),
    ]
    if !detail.isEmpty { json["detail"] = .string(detail) }
    if !children.isEmpty { json["children"] = .array(children.map { $0.json(in: text) }) }
    return .object(json)
  }
}

extension ActionLister.Action {
  /// As the protocol has it.
  func json(in snapshot: Snapshot) -> JSONValue {
    [
      "title": .string(title), "kind": "quickfix", "diagnostics": [finding.json(in: snapshot)], "isPreferred": .bool(isPreferred),
      "edit": snapshot.workspaceEdit(edits),
    ]
  }
}

extension Snapshot {
  /// Changes of the text as the protocol has them.
  func workspaceEdit(_ edits: [TextEdit]) -> JSONValue {
    let changes = edits.map { edit -> JSONValue in
      ["range": text.json(edit.range), "newText": .string(edit.replacement)]
    }
    return ["changes": .object([uri: .array(changes)])]
  }
}
