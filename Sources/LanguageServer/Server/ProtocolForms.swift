import JSON
import Validation

extension Completer.Item {
  /// As the protocol has it.
  func json(replacing range: JSONValue) -> JSONValue {
    var json: JSONObject = [
      "label": .string(label), "kind": .int(kind.rawValue), "sortText": .string("\(rank) \(label)"),
      "textEdit": ["range": range, "newText": .string(newText ?? label)],
    ]
    if !detail.isEmpty { json["detail"] = .string(detail) }
    if let documentation { json["documentation"] = ["kind": "markdown", "value": .string(documentation)] }
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
