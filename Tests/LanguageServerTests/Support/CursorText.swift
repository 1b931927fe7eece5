/// A text in which `│` is the place of the cursor.
struct CursorText {
  let text: String
  /// The bytes before the cursor.
  let offset: Int

  init(_ marked: String) {
    let parts = marked.split(separator: "│", maxSplits: 1, omittingEmptySubsequences: false)
    text = parts.joined()
    offset = parts[0].utf8.count
  }
}

/// A small manifest whose stream has more lines, each text without indent.
func manifest(
  top: String = "", stream: String = "", retriever: String = "", requester: String = "", definitions: String = "  unused: 1"
) -> String {
  func lines(_ text: String, _ indent: Int) -> String {
    text.isEmpty
      ? ""
      : text.split(separator: "\n", omittingEmptySubsequences: false).map { String(repeating: " ", count: indent) + $0 + "\n" }
        .joined()
  }
  return """
    version: 7.39.1
    type: DeclarativeSource
    \(top)
    check: {type: CheckStream, stream_names: [books]}
    definitions:
    \(definitions)
    streams:
      - type: DeclarativeStream
        name: books
        $parameters: {shelf: fiction}
    \(lines(stream, 4))    retriever:
          type: SimpleRetriever
    \(lines(retriever, 6))      requester:
            type: HttpRequester
            url: "https://api.example.com/{{ parameters['shelf'] }}/books"
    \(lines(requester, 8))        authenticator: {type: BearerAuthenticator, api_token: "{{ config['token'] }}"}
          record_selector:
            type: RecordSelector
            extractor: {type: DpathExtractor, field_path: []}
        schema_loader:
          type: InlineSchemaLoader
          schema: {type: object, properties: {isbn: {type: string}, title: {type: string}}}
    spec:
      type: Spec
      connection_specification:
        type: object
        properties:
          token: {type: string, airbyte_secret: true, description: What the API knows you by.}
          account: {type: object, properties: {region: {type: string}}}

    """
}
