import Foundation
import JSON

/// The files of a connector in a folder of their own, and commands on them.
struct Connection {
  let folder: Folder

  /// - Parameters:
  ///   - manifest: YAML; the one with a stream for each path of ``UnrulyAPI/usual`` where it is not given.
  ///   - config: merged into a config with `base_url` and `token`.
  init(to api: UnrulyAPI? = nil, manifest: String = Manifests.usual, config: JSONObject = [:]) throws {
    folder = try Folder()
    var all: JSONObject = ["base_url": .string("http://\(api?.address ?? "127.0.0.1:9")"), "token": "t0ken"]
    for (key, value) in config { all[key] = value }
    try folder.write("manifest.yaml", manifest)
    try folder.write("config.json", JSONValue.object(all).jsonText)
  }

  /// Writes a catalog of `streams` and reads it.
  func read(
    _ streams: [String], _ more: [String] = [], environment: [String: String] = [:]
  ) async throws -> Tool.Outcome {
    try await Tool.run(readArguments(streams) + more, in: folder, environment: environment)
  }

  func readArguments(_ streams: [String]) throws -> [String] {
    let entries = streams.map { name -> JSONValue in
      [
        "stream": ["name": .string(name), "json_schema": [:], "supported_sync_modes": ["full_refresh"]],
        "sync_mode": "full_refresh", "destination_sync_mode": "append",
      ]
    }
    let catalog: JSONValue = ["streams": .array(entries)]
    try folder.write("catalog.json", catalog.jsonText)
    return ["read", "--manifest", "manifest.yaml", "--config", "config.json", "--catalog", "catalog.json"]
  }

  func run(_ arguments: String...) async throws -> Tool.Outcome { try await run(arguments) }

  func run(_ arguments: [String]) async throws -> Tool.Outcome { try await Tool.run(arguments, in: folder) }
}

enum Manifests {
  /// A stream for each way in which an API can fail, at the path of the stream's name.
  static let usual = streams(["ok", "refused", "broken", "garbage", "cut", "dropped", "noise", "endless"])

  /// A manifest with a stream each for the paths, and `more` streams in YAML.
  static func streams(_ names: [String], authenticator: String = bearer, spec: String = spec, more: String = "") -> String {
    """
    version: 7.39.1
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: ["\(names.first ?? "")"]}
    definitions:
      stream:
        type: DeclarativeStream
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: "{{ config['base_url'] }}"
            path: "/{{ parameters['name'] }}"
            authenticator: \(authenticator)
            error_handler: {type: DefaultErrorHandler, max_retries: 0}
          paginator:
            type: DefaultPaginator
            pagination_strategy: {type: PageIncrement, start_from_page: 1, page_size: 2}
            page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
          record_selector:
            type: RecordSelector
            extractor: {type: DpathExtractor, field_path: [items]}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    streams:
    \(names.map { "  - {$ref: \"#/definitions/stream\", name: \"\($0)\", $parameters: {name: \"\($0)\"}}" }.joined(separator: "\n"))
    \(more)
    spec:
      type: Spec
      connection_specification: \(spec)

    """
  }

  static let bearer = "{type: BearerAuthenticator, api_token: \"{{ config['token'] }}\"}"
  static let spec =
    "{type: object, required: [base_url, token], properties: {base_url: {type: string}, token: {type: string, airbyte_secret: true}}}"
}

extension UnrulyAPI {
  /// Answers each stream of ``Manifests/usual`` in its own way; the first page of most is good.
  static func usual(_ request: Request) -> Answer {
    let good = Answer.json(200, #"{"items": [{"id": 1}, {"id": 2}]}"#)
    let isFirst = request.target.contains("page=2") == false
    switch request.path {
    case "/ok": return isFirst ? good : .json(200, #"{"items": [{"id": 3}]}"#)
    case "/refused": return .json(404, #"{"message": "there is no such shelf"}"#)
    case "/broken": return .json(503, #"{"message": "the shelf fell down"}"#)
    case "/garbage": return isFirst ? good : .json(200, "<html>not a shelf</html>")
    case "/cut": return isFirst ? good : .cut(#"{"items": [{"id":"#)
    case "/dropped": return isFirst ? good : .none
    case "/noise": return isFirst ? good : .bytes(Array("\u{1}\u{2} no HTTP at all\r\n\r\n".utf8))
    case "/endless":
      let text = String(repeating: "x", count: 100_000)
      return .json(200, #"{"items": [{"id": 1, "text": "\#(text)"}, {"id": 2, "text": "\#(text)"}]}"#)
    default: return .json(404, "{}")
    }
  }
}
