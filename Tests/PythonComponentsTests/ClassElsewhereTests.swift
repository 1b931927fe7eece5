import ConnectorModel
import Foundation
import JSON
import Manifest
import Testing

@testable import PythonComponents

/// Classes that are made elsewhere, in Swift say, need no Python; what is in them may.
@Suite struct ClassElsewhereTests {
  private static let stream = """
      - type: DeclarativeStream
        name: items
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: https://api.example.com
            authenticator:
              type: CustomAuthenticator
              class_name: components.Own
              inner: {type: CustomAuthenticator, class_name: components.Inner}
          record_selector:
            type: RecordSelector
            extractor:
              type: CustomRecordExtractor
              class_name: components.Find
              part: {type: CustomTransformation, class_name: components.Own}
        schema_loader: {type: InlineSchemaLoader, schema: {}}
    """

  private func manifest() throws -> Manifest {
    let text =
      "version: 7.0.0\ntype: DeclarativeSource\ncheck: {type: CheckStream, stream_names: [items]}\nstreams:\n" + Self.stream
    return try ManifestPipeline(validator: ManifestValidator()).run(.text(Array(text.utf8), name: "manifest.yaml"))
  }

  @Test(arguments: [
    (["components.Own"], ["components.Inner", "components.Find"], ["components.Own"]),
    (["components.Own", "components.Find"], ["components.Inner"], ["components.Own", "components.Find", "components.Own"]),
    (
      ["components.Own", "components.Find", "components.Inner"], [],
      ["components.Own", "components.Inner", "components.Find", "components.Own"]
    ),
    ([], ["components.Own", "components.Find"], []),
  ])
  func theOthersAreBuilt(elsewhere: [String], built: [String], others: [String]) throws {
    let plan = BuildPlan(try manifest().streams) { elsewhere.contains($0) }
    #expect(plan.components.compactMap { $0.node["class_name"]?.string } == built)
    #expect(plan.others.compactMap { $0["class_name"]?.string } == others)
  }

  /// A part of a Python class is made by Python, whatever there is elsewhere.
  @Test(arguments: [
    (["components.Own"], ["components.Inner", "components.Find", "components.Own"]),
    (["components.Own", "components.Find"], ["components.Inner"]),
    (["components.Own", "components.Find", "components.Inner"], []),
  ])
  func theCodeOfTheOthersIsShipped(elsewhere: [String], needed: [String]) throws {
    let root = try manifest().root
    let names = ComponentFiles.classNames(in: root) { elsewhere.contains($0) }
    #expect(names.compactMap(\.string) == needed)
    let files = try ComponentFiles(of: .folder("/nowhere"), root) { elsewhere.contains($0) }
    #expect(files.isNeeded == !needed.isEmpty)
    #expect(files.missing.compactMap(\.string) == needed)
  }

  private func components(_ log: KeptLog) -> PythonComponents {
    let runtime = RuntimeEnvironment(
      now: { 0 }, sleep: { _ in }, random: { 0 }, transport: NoTransport(), log: log, environment: [:])
    return PythonComponents(.init(ComponentCode([]), interpreter: "/nowhere/python"), runtime: runtime)
  }

  @Test func noPythonIsSoughtWhereAllAreElsewhere() async throws {
    let (manifest, log) = (try manifest(), KeptLog())
    let python = components(log)
    #expect(try await python.examine(manifest.streams, config: [:], manifest: manifest.root) { _ in true }.isEmpty)
    #expect(python.description == nil)
    #expect(log.lines.isEmpty)
    #expect(PythonComponents.others(in: manifest.streams) { _ in true }.map(\.className) == ["Own", "Inner", "Find", "Own"])
  }

  @Test func permissionIsAskedForTheOthersAlone() async throws {
    let manifest = try manifest()
    let found = try await components(KeptLog()).examine(manifest.streams, config: [:], manifest: manifest.root) {
      $0 == "components.Own"
    }
    #expect(found.map(\.className) == ["Inner", "Find"])
    for finding in found { #expect(finding.error?.message.contains("is Python code, which runs only if") == true) }
  }

  // MARK: Decoders

  /// Who shares a decoder, by the retriever that it belongs to.
  @Test func thePartsOfARetrieverShareADecoder() throws {
    func stream(_ name: String) -> String {
      """
        - type: DeclarativeStream
          name: \(name)
          retriever:
            type: SimpleRetriever
            decoder: {type: CustomDecoder, class_name: components.Read}
            requester:
              type: HttpRequester
              url_base: https://api.example.com
              authenticator: {type: CustomAuthenticator, class_name: components.Sign}
            record_selector:
              type: RecordSelector
              extractor: {type: CustomRecordExtractor, class_name: components.Find}
            paginator:
              type: DefaultPaginator
              pagination_strategy: {type: CustomPaginationStrategy, class_name: components.Turn}
          schema_loader: {type: InlineSchemaLoader, schema: {}}

      """
    }
    let text =
      "version: 7.0.0\ntype: DeclarativeSource\ncheck: {type: CheckStream, stream_names: [a]}\nstreams:\n" + stream("a")
      + stream("b")
    let streams = try ManifestPipeline(validator: ManifestValidator()).run(.text(Array(text.utf8), name: "manifest.yaml")).streams
    let decoders = BuildPlan(streams).components.map(\.decoder)
    #expect(decoders.count == 8)
    #expect(Set(decoders[..<4]).count == 1)
    #expect(Set(decoders[4...]).count == 1)
    #expect(decoders[0] != nil && decoders[4] != nil && decoders[0] != decoders[4])
  }
}

private struct NoTransport: Transport {
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(.connectFailed, "no transport")
  }
}
