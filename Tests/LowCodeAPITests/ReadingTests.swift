import LowCode
import Testing

/// How a loop over messages and the read behind it are tied together.
@Suite(.timeLimit(.minutes(15))) struct ReadingTests {
  private func endless() throws -> (Connector, FakeAPI) {
    let api = FakeAPI.endless
    var shop = Shop()
    shop.paginator = Shop.pages
    return (try shop.connector(api), api)
  }

  @Test func aSlowLoopHoldsTheReadBack() async throws {
    let (connector, api) = try endless()
    var taken = 0
    for try await message in connector.read(.streams("items")) {
      guard case .record = message else { continue }
      taken += 1
      // One page is taken, one is put, and one is asked for.
      try await Task.sleep(for: .milliseconds(100))
      #expect(api.requests.count <= taken + 3)
      if taken == 5 { break }
    }
    #expect(taken == 5)
  }

  @Test func theReadEndsWithTheLoop() async throws {
    let (connector, api) = try endless()
    for try await message in connector.read(.streams("items")) { if case .record = message { break } }
    try await Task.sleep(for: .milliseconds(200))
    let count = api.requests.count
    try await Task.sleep(for: .milliseconds(200))
    #expect(api.requests.count == count)
  }

  @Test func theReadEndsWithItsTask() async throws {
    let (isWaiting, isCancelled) = (Flag(), Flag())
    let api = FakeAPI { _, _ in
      isWaiting.set()
      do { try await Task.sleep(for: .seconds(600)) } catch {
        isCancelled.set()
        throw error
      }
      return (200, "{}")
    }
    let connector = try Shop().connector(api)
    let task = Task { try await connector.read(.streams("items")).records }
    #expect(try await eventually { isWaiting.isSet })
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // The wait for the transfer was given up before the loop learned of it.
    #expect(isCancelled.isSet)
    #expect(api.requests.count == 1)
  }

  @Test func everyLoopIsAReadOfItsOwn() async throws {
    let api = FakeAPI.items(#"[{"id": 1}]"#)
    let messages = try Shop().connector(api).read(.streams("items"))
    #expect(try await messages.records.count == 1)
    #expect(try await messages.records.count == 1)
    #expect(api.requests.count == 2)
  }

  @Test func aLaterReadContinuesFromTheState() async throws {
    var shop = Shop()
    shop.stream = """
          incremental_sync:
            type: DatetimeBasedCursor
            cursor_field: at
            datetime_format: "%Y-%m-%d"
            start_datetime: "2023-01-01"
            start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}

      """.replacing("\n\n", with: "\n")
    let api = FakeAPI.items(#"[{"id": 1, "at": "2023-05-06"}]"#)
    let connector = try shop.connector(api)
    var state = ConnectorState()
    for try await message in connector.read(.all, from: state) { if case .state(let message) = message { state.add(message) } }
    #expect(state.streams["items"]?["at"] == "2023-05-06")
    _ = try await connector.read(.all, from: try ConnectorState(json: state.json)).records
    _ = try await connector.read(.all(.fullRefresh), from: state).records
    let times = api.requests.compactMap { $0.url.split(separator: "since=").last.map(String.init) }
    #expect(times == ["2023-01-01", "2023-05-06", "2023-01-01"])
  }
}
