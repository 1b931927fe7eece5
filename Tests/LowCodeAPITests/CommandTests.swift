import LowCode
import Synchronization
import Testing

@Suite struct CommandTests {
  @Test func whatIsWrongWithAManifestIsData() throws {
    var shop = Shop()
    shop.extractor = "{type: DpathExtracter, field_path: [items]}"
    let error = #expect(throws: ManifestError.self) { try Manifest(text: shop.text, name: "shop.yaml") }
    let diagnostic = try #require(error?.diagnostics.first)
    #expect(diagnostic.severity == .error)
    #expect(diagnostic.mark?.file.name == "shop.yaml")
    #expect(diagnostic.mark?.line == 13)
    #expect(diagnostic.path.hasPrefix("streams[0].retriever"))
    #expect(diagnostic.remedy?.description.contains("DpathExtractor") == true)
    #expect(diagnostic.message.hasSuffix(".") == false)
  }

  @Test func aManifestThatIsMissingIsData() {
    let error = #expect(throws: ManifestError.self) { try Manifest(contentsOf: "/nowhere/manifest.yaml") }
    #expect(error?.diagnostics.map(\.rule) == ["file"])
  }

  @Test func findingsAreData() async throws {
    let text = Shop().text.replacing("      record_selector", with: "      colour: blue\n      record_selector")
    let findings = await ManifestChecker().check(text: text, name: "shop.yaml")
    let finding = try #require(findings.first { $0.message.contains("colour") })
    #expect(finding.rule == "unknown-key")
    #expect(finding.severity == .warning)
    #expect(finding.location?.line == 11)
    #expect(finding.description.hasPrefix("shop.yaml:11:7: warning: "))
    #expect(await ManifestChecker(ignoring: ["unknown-key"]).check(text: text).allSatisfy { $0.rule != "unknown-key" })
  }

  @Test func theSpecificationIsThatOfTheManifest() async throws {
    let spec = try await Shop().connector(.endless).spec()
    #expect(spec["connectionSpecification"]?["properties"]?["token"]?["type"] == "string")
  }

  @Test func aCheckSaysWhatItFound() async throws {
    let good = try await Shop().connector(.items(#"[{"id": 1}]"#)).check()
    #expect(good.isSuccess && good.message == nil)
    let refused = try await Shop().connector(FakeAPI { _, _ in (401, #"{"error": "no"}"#) }).check()
    #expect(!refused.isSuccess)
    #expect(refused.message?.contains("401") == true)
    let mistaken = try await Shop().connector(.endless, config: ["token": 5]).check()
    #expect(!mistaken.isSuccess)
  }

  @Test func discoverListsTheStreams() async throws {
    let streams = try await Shop().connector(.endless).discover()
    #expect(streams.map(\.name) == ["items"])
    #expect(streams[0].sourceDefinedPrimaryKey == [["id"]])
    #expect(streams[0].jsonSchema["properties"]?["id"]?["type"] == "integer")
  }

  @Test func aReadGivesTypedMessagesInOrder() async throws {
    let api = FakeAPI.items(#"[{"id": 1}, {"id": 2}]"#)
    var kinds: [String] = []
    for try await message in try Shop().connector(api).read(.streams("items")) {
      switch message {
      case .record(let record):
        #expect(record.stream == "items" && record.emittedAt == 1_700_000_000_000)
        kinds.append("record \(record["id"]?.int ?? 0)")
      case .state(let state): kinds.append("state \(state.stream) \(state.recordCount)")
      case .streamStatus(let status): kinds.append(status.status.rawValue)
      case .error, .log, .control, .globalState: break
      }
    }
    #expect(kinds == ["STARTED", "RUNNING", "record 1", "record 2", "COMPLETE", "state items 2"])
  }

  @Test func aStreamThatFailsIsAnErrorAtTheEnd() async throws {
    let connector = try Shop().connector(FakeAPI { _, _ in (404, "{}") })
    var errors: [ErrorTrace] = []
    let failure = await #expect(throws: IncompleteRead.self) {
      for try await message in connector.read() { if case .error(let error) = message { errors.append(error) } }
    }
    #expect(failure?.failedStreams == ["items"])
    #expect(errors.first?.stream?.name == "items")
    let unknown = await #expect(throws: IncompleteRead.self) { try await connector.read(.streams("itmes")).records }
    #expect(unknown?.unknownStreams == ["itmes"])
  }

  @Test func catalogsAndStatesAreReadAsPlatformsHaveThem() throws {
    _ = try Catalog(json: #"{"streams": [{"stream": {"name": "items"}, "sync_mode": "incremental"}]}"#)
    #expect(throws: InputShapeError.self) { try Catalog(json: #"{"streams": [{"stream": 1}]}"#) }
    let state = ConnectorState(["items": ["updated": "2024-01-01"]])
    #expect(try ConnectorState(json: state.json) == state)
    #expect(try ConnectorState(json: "") == ConnectorState())
    #expect(throws: InputShapeError.self) { try ConnectorState(json: #"{"items": {}}"#) }
  }

  @Test func secretsAreNotInTheLog() async throws {
    let lines = Mutex<[String]>([])
    var runtime = Runtime.test(.items("[]"))
    runtime.log = { line in lines.withLock { $0.append(line.text) } }
    runtime.isDebugging = true
    var shop = Shop()
    shop.authenticator = #"{type: ApiKeyAuthenticator, api_token: "{{ config['token'] }}", header: X-Key}"#
    _ = try await Connector(try Manifest(text: shop.text), config: ["token": "sesame-token"], runtime: runtime).read().records
    #expect(lines.withLock { !$0.isEmpty && $0.allSatisfy { !$0.contains("sesame-token") } })
  }
}
