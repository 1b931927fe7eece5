import Testing

@testable import LanguageServer

/// What is said of a place, and where it leads to.
@Suite struct PlaceTests {
  @Test(
    arguments: [
      (manifest(requester: "http_me│thod: GET"), "**http_method** of `HttpRequester`"),
      (manifest(retriever: "paginator: {type: Default│Paginator}"), "**DefaultPaginator**"),
      (manifest(retriever: "paginator: {$r│ef: '#/definitions/p'}"), "**$ref**"),
      (
        manifest(retriever: "paginator: {$ref: '#/defini│tions/p'}", definitions: "  p:\n    type: NoPagination"),
        "```yaml\np:\n  type: NoPagination"
      ),
      (manifest().replacing("config['token']", with: "con│fig['token']"), "**config** (variable of templates)"),
      (manifest().replacing("config['token']", with: "config['tok│en']"), "What the API knows you by."),
      (manifest(requester: "path: \"{{ now_u│tc() }}\""), "**now_utc** (macro)"),
      (manifest(requester: "path: \"{{ 1 | up│per }}\""), "**upper** (filter)"),
      (manifest(requester: "http_method: GE│T"), "**http_method**"),
      (manifest(stream: "incremental_sync: {cursor_│field: x}"), nil),
      (manifest().replacing("isbn: {type", with: "is│bn: {type"), nil), (manifest(requester: "noth│ing: 1"), nil),
    ] as [(String, String?)])
  func whatIsAtAPlaceIsExplained(marked: String, expected: String?) {
    let text = CursorText(marked)
    let found = Hoverer(Outline(Array(text.text.utf8))).text(at: text.offset)
    if let expected {
      #expect(found?.markdown.contains(expected) == true, "\(found?.markdown ?? "nothing")")
    } else {
      #expect(found == nil)
    }
  }

  @Test(
    arguments: [
      (manifest(retriever: "paginator: {$ref: '#/defi│nitions/p'}", definitions: "  p:\n    type: NoPagination"), "p:"),
      (manifest(retriever: "paginator: '#/defi│nitions/a/b'", definitions: "  a/b: {type: NoPagination}"), "a/b:"),
      (manifest(retriever: "paginator: {$r│ef: '#/definitions/p'}", definitions: "  p: {}"), "p:"),
      (manifest().replacing("[books]", with: "[bo│oks]"), "name: books"),
      (manifest().replacing("config['token']", with: "config['tok│en']"), "token: {type: string"),
      (manifest(requester: "path: \"{{ parameters['sh│elf'] }}\""), "shelf: fiction"),
      (manifest(stream: "primary_key: is│bn"), "isbn: {type"),
      (manifest(retriever: "paginator: *p│age", definitions: "  x: &page {type: NoPagination}"), "x: &page"),
      (manifest(retriever: "paginator: {$ref: '#/definitions/no│ne'}"), nil), (manifest(requester: "path: /x│"), nil),
    ] as [(String, String?)])
  func whatAPlaceNamesIsFound(marked: String, expected: String?) {
    let text = CursorText(marked)
    let link = DefinitionFinder(Outline(Array(text.text.utf8))).link(at: text.offset)
    let target = link.map { String(decoding: Array(text.text.utf8)[$0.target.lowerBound...].prefix(20), as: UTF8.self) }
    if let expected {
      #expect(target.map { $0.hasPrefix(expected.prefix(20)) } == true, "\(target ?? "nothing")")
    } else {
      #expect(target == nil)
    }
  }

  /// What is within mappings without types, and definitions that lead to each other, is not asked for again and again.
  @Test func nothingIsLookedForTwice() {
    let deep = (0..<60).map { String(repeating: "  ", count: $0 + 1) + "a\($0):\n" }.joined()
    let circle = (0..<60).map { "  b\($0): {c: {$ref: '#/definitions/b\(($0 + 1) % 60)'}}\n" }.joined()
    let outline = Outline(Array("streams:\n\(deep)definitions:\n\(circle)  d: {$ref: '#/definitions/d', e: 1}\n".utf8))
    let reading = SchemaReading(outline: outline)
    for node in outline.nodes.indices { #expect(reading.component(node)?.name != "HttpRequester") }
  }

  @Test func theManifestHasATreeOfNames() {
    let symbols = SymbolLister(Outline(Array(manifest(definitions: "  shelf:\n    base: {type: HttpRequester}").utf8))).symbols()
    #expect(symbols.map(\.name) == ["version", "type", "check", "definitions", "streams", "spec"])
    #expect(symbols[3].children.map(\.name) == ["shelf"])
    #expect(symbols[3].children[0].children.map { "\($0.name) \($0.detail)" } == ["base HttpRequester"])
    #expect(symbols[4].children.map(\.name) == ["books"])
    #expect(symbols[4].children[0].children.map(\.name) == ["$parameters", "retriever", "schema_loader"])
    #expect(symbols[5].children.map(\.name) == ["token", "account"])
    func check(_ symbol: SymbolLister.Symbol) {
      #expect(symbol.extent.contains(symbol.selection.lowerBound) && symbol.selection.upperBound <= symbol.extent.upperBound)
      symbol.children.forEach(check)
    }
    symbols.forEach(check)
  }
}
