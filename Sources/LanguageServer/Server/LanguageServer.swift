import ConnectorModel
import Engine
import JSON
import Validation

/// Serves an editor by the Language Server Protocol: diagnostics, hovers, completion, definitions, symbols and fixes of manifests.
package struct LanguageServer: Sendable {
  private let components: ComponentRegistry
  private let kinds: SourceKinds
  private let workingFolder: String
  private let version: String

  /// - Parameters:
  ///   - components: the components that manifests may name.
  ///   - kinds: the kinds of sources that manifests may be of, beside declarative ones.
  ///   - workingFolder: the folder of the process, from the root of the file system.
  ///   - version: how the server names its version to the client.
  package init(
    components: ComponentRegistry, kinds: SourceKinds = SourceKinds(), workingFolder: String, version: String
  ) {
    self.components = components
    self.kinds = kinds
    self.workingFolder = workingFolder
    self.version = version
  }

  /// Answers a client until it says that it ends, or its input does.
  /// - Parameters:
  ///   - read: the next bytes of the client; nil at the end.
  ///   - write: sends bytes to the client.
  /// - Returns: whether the client ended as it should, with `shutdown` before `exit`.
  /// - Throws: `JSONSchemaError` if the bundled schema is invalid.
  package func run(
    read: @Sendable () async -> [UInt8]?, write: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws -> Bool {
    let checker = try DocumentChecker(components: components, kinds: kinds, workingFolder: workingFolder)
    let output = ClientOutput(write)
    return await withDiscardingTaskGroup { group in
      var session = ServerSession(output: output, checker: checker, version: version)
      var parser = FrameParser()
      defer { group.cancelAll() }
      while let bytes = await read() {
        parser.feed(bytes)
        while let frame = parser.next() {
          for work in session.handle(frame) { group.addTask { await work() } }
          if let isOrderly = session.ending { return isOrderly }
        }
      }
      return false
    }
  }
}

/// What the server knows of its client, and how it answers each message.
struct ServerSession {
  /// Something that is done beside the next messages.
  typealias Work = @Sendable () async -> Void

  private enum Phase {
    case new, running, shutDown
  }

  private let output: ClientOutput
  private let checker: DocumentChecker
  private let version: String
  private var phase = Phase.new
  private var documents: [String: OpenDocument] = [:]
  private var markup = Markup(nil)
  /// What ends requests that are being worked on, by their ids.
  private let pending = PendingRequests()
  /// Whether the client ended in order; nil until it ends.
  private(set) var ending: Bool?

  init(output: ClientOutput, checker: DocumentChecker, version: String) {
    self.output = output
    self.checker = checker
    self.version = version
  }

  mutating func handle(_ frame: FrameParser.Frame) -> [Work] {
    switch frame {
    case .malformed(let sentence): output.respond(to: nil, RPCError(.parse, sentence))
    case .tooLong(let length): output.respond(to: nil, RPCError(.invalidRequest, "A message of \(length) bytes is too long"))
    case .content(let bytes):
      do throws(RPCError) {
        switch try RPCMessage(bytes) {
        case .request(let id, let method, let params): return answer(id, method, params)
        case .notification(let method, let params): return try take(method, params)
        case .response: break
        }
      } catch {
        output.respond(to: nil, error)
      }
    }
    return []
  }

  // MARK: Requests

  private mutating func answer(_ id: JSONValue, _ method: String, _ params: JSONValue) -> [Work] {
    do throws(RPCError) {
      switch (method, phase) {
      case ("initialize", .new):
        phase = .running
        markup = Markup(params["capabilities"])
        output.respond(to: id, capabilities)
      case ("initialize", _): throw RPCError(.invalidRequest, "The server is initialized already")
      case (_, .new): throw RPCError(.notInitialized, "The server is not initialized")
      case (_, .shutDown): throw RPCError(.invalidRequest, "The server is shut down")
      case ("shutdown", .running):
        phase = .shutDown
        output.respond(to: id, .null)
      case ("textDocument/codeAction", .running): return [try actions(id, params)]
      case (_, .running): output.respond(to: id, try result(method, params))
      }
    } catch {
      output.respond(to: id, error)
    }
    return []
  }

  private func result(_ method: String, _ params: JSONValue) throws(RPCError) -> JSONValue {
    switch method {
    case "textDocument/hover":
      let (snapshot, offset) = try place(params)
      guard let (markdown, range) = Hoverer(snapshot.outline, kinds: checker.kinds).text(at: offset) else { return .null }
      return ["contents": markup.json(markdown, isHover: true), "range": snapshot.text.json(range)]
    case "textDocument/completion":
      let (snapshot, offset) = try place(params)
      // The names that it knows are those of declarative manifests.
      guard SourceReading(snapshot.outline, checker.kinds) == nil else { return ["isIncomplete": false, "items": []] }
      let (items, range) = Completer(snapshot.text, at: offset, settled: snapshot.settled).items()
      return ["isIncomplete": false, "items": .array(items.map { $0.json(replacing: snapshot.text.json(range), markup) })]
    case "textDocument/definition":
      let (snapshot, offset) = try place(params)
      guard let link = DefinitionFinder(snapshot.outline).link(at: offset) else { return .null }
      return ["uri": .string(snapshot.uri), "range": snapshot.text.json(link.target)]
    case "textDocument/documentSymbol":
      let snapshot = try document(params).latest
      return .array(SymbolLister(snapshot.outline).symbols().map { $0.json(in: snapshot.text) })
    default: throw RPCError(.unknownMethod, "There is no method `\(method)`")
    }
  }

  private func document(_ params: JSONValue) throws(RPCError) -> OpenDocument {
    guard let uri = params["textDocument"]?["uri"]?.string else {
      throw RPCError(.invalidParams, "`textDocument.uri` is missing")
    }
    guard let document = documents[uri] else { throw RPCError(.invalidParams, "The document \(uri) is not open") }
    return document
  }

  private func place(_ params: JSONValue) throws(RPCError) -> (Snapshot, offset: Int) {
    let snapshot = try document(params).latest
    guard let position = DocumentText.Position(params["position"]) else {
      throw RPCError(.invalidParams, "`position` should be a line and a character, counted from 0")
    }
    return (snapshot, snapshot.text.offset(of: position))
  }

  private var capabilities: JSONValue {
    [
      "capabilities": [
        "positionEncoding": "utf-16",
        "textDocumentSync": ["openClose": true, "change": 2],
        "hoverProvider": true, "definitionProvider": true, "documentSymbolProvider": true,
        "completionProvider": ["triggerCharacters": ["'", "\"", ".", "|", "[", "{", "/", " "]],
        "codeActionProvider": ["codeActionKinds": ["quickfix", .string(Self.fixAll)]],
      ],
      "serverInfo": ["name": "airbyte-lowcode", "version": .string(version)],
    ]
  }

  // MARK: Actions

  private static let fixAll = "source.fixAll.airbyte-lowcode"

  /// Answers in its own time: the fix of a whole manifest checks it many times.
  private func actions(_ id: JSONValue, _ params: JSONValue) throws(RPCError) -> Work {
    let document = try document(params)
    let snapshot = document.latest
    guard let start = DocumentText.Position(params["range"]?["start"]), let end = DocumentText.Position(params["range"]?["end"])
    else {
      throw RPCError(.invalidParams, "`range` should have a `start` and an `end`")
    }
    let low = snapshot.text.offset(of: start)
    let range = low..<max(low, snapshot.text.offset(of: end))
    let only = params["context"]?["only"]?.array?.compactMap(\.string)
    func wants(_ kind: String) -> Bool { only?.contains { kind == $0 || kind.hasPrefix($0 + ".") } ?? true }
    let (wantsFixes, wantsAll) = (wants("quickfix"), only != nil && wants(Self.fixAll))
    let (checker, output, pending) = (checker, output, pending)
    let signal = pending.begin(id)
    return {
      let actions = await signal.unless { () -> [JSONValue] in
        var actions: [JSONValue] = []
        if wantsFixes {
          let findings: [Finding]
          if let found = document.findings { findings = found } else { findings = await checker.check(snapshot).findings }
          actions += ActionLister(snapshot, findings).actions(in: range).map { $0.json(in: snapshot) }
        }
        if wantsAll, let mended = await checker.mended(snapshot) {
          let edit = ActionLister.edit(from: snapshot.text.bytes, to: mended)
          actions.append([
            "title": "Apply all safe fixes", "kind": .string(Self.fixAll), "edit": snapshot.workspaceEdit([edit]),
          ])
        }
        return actions
      }
      pending.end(id)
      guard let actions else { return output.respond(to: id, RPCError(.cancelled, "The request was cancelled")) }
      output.respond(to: id, .array(actions))
    }
  }

  // MARK: Notifications

  private mutating func take(_ method: String, _ params: JSONValue) throws(RPCError) -> [Work] {
    if method == "exit" {
      ending = phase == .shutDown
      return []
    }
    guard phase == .running else { return [] }
    switch method {
    case "textDocument/didOpen":
      let item = params["textDocument"]
      guard let uri = item?["uri"]?.string, let text = item?["text"]?.string else {
        throw RPCError(.invalidParams, "`textDocument` should have a `uri` and a `text`")
      }
      documents[uri]?.close()
      let document = OpenDocument(uri: uri, version: item?["version"]?.int, text: text)
      documents[uri] = document
      return [checking(document)]
    case "textDocument/didChange":
      let document = try document(params)
      guard let changes = params["contentChanges"]?.array else { throw RPCError(.invalidParams, "`contentChanges` is missing") }
      var text = document.latest.text
      for change in changes { try apply(change, to: &text) }
      document.update(text, version: params["textDocument"]?["version"]?.int)
    case "textDocument/didClose":
      let document = try document(params)
      document.close()
      let uri = document.latest.uri
      documents[uri] = nil
      output.notify("textDocument/publishDiagnostics", ["uri": .string(uri), "diagnostics": []])
    case "$/cancelRequest": if let id = params["id"] { pending.cancel(id) }
    default: break
    }
    return []
  }

  private func apply(_ change: JSONValue, to text: inout DocumentText) throws(RPCError) {
    guard let new = change["text"]?.string else { throw RPCError(.invalidParams, "A change needs a `text`") }
    guard let range = change["range"], range != .null else {
      text = DocumentText(new)
      return
    }
    guard let start = DocumentText.Position(range["start"]), let end = DocumentText.Position(range["end"]), start <= end else {
      throw RPCError(.invalidParams, "The `range` of a change should have a `start` and an `end` behind it")
    }
    text.replace(text.offset(of: start)..<text.offset(of: end), by: new)
  }

  /// Checks a document whenever it changes, until it is closed. The check of an older state ends when there is a newer one.
  private func checking(_ document: OpenDocument) -> Work {
    let (checker, output) = (checker, output)
    return {
      var lastError: String?
      for await snapshot in document.states {
        guard let report = await snapshot.supersession.unless({ await checker.check(snapshot) }) else { continue }
        if let error = report.settingsError, error != lastError {
          output.notify("window/showMessage", ["type": 1, "message": .string(error)])
        }
        lastError = report.settingsError
        guard document.note(report.findings, of: snapshot, isYAML: report.isYAML) else { continue }
        var params: JSONObject = [
          "uri": .string(snapshot.uri), "diagnostics": .array(report.findings.map { $0.json(in: snapshot) }),
        ]
        if let version = snapshot.version { params["version"] = .int(version) }
        output.notify("textDocument/publishDiagnostics", .object(params))
      }
    }
  }
}
