import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel

/// What conformance cases cannot show, since their clock stands still.
@Suite struct AsyncJobTests {
  private static func stream(_ world: TestWorld, _ more: String = "") throws -> DeclarativeStream {
    let scope = BuildScope(config: ["minutes": 2], runtime: world.runtime, registry: .standard)
    func requester(_ path: String, _ method: String = "GET") -> String {
      #"{"type": "HttpRequester", "url_base": "https://api.test", "path": "\#(path)", "http_method": "\#(method)"}"#
    }
    return try scope.build(
      world.node(
        #"""
        {"type": "DeclarativeStream", "name": "items",
         "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
         "retriever": {"type": "AsyncRetriever", \#(more)
           "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
           "status_mapping": {"type": "AsyncJobStatusMap", "running": ["running"], "completed": ["done"], "failed": ["failed"],
             "timeout": []},
           "status_extractor": {"type": "DpathExtractor", "field_path": ["status"]},
           "creation_requester": \#(requester("jobs", "POST")),
           "polling_requester": \#(requester("jobs/{{ creation_response.id }}")),
           "abort_requester": \#(requester("jobs/{{ creation_response.id }}/abort", "POST")),
           "download_requester": \#(requester("out/{{ polling_response.status }}"))}}
        """#))
  }

  private static func read(_ stream: DeclarativeStream) async throws -> [JSONObject] {
    var records: [JSONObject] = []
    try await stream.cursor.slices { slice in
      try await stream.retriever.read(slice) { page in
        records += page.records.map(\.object)
        return true
      }
    }
    return records
  }

  @Test(arguments: [
    (#""polling_job_timeout": 1,"#, 13), (#""polling_job_timeout": "{{ config['minutes'] }}","#, 25), ("", 721),
  ])
  func aJobThatRunsTooLongIsCreatedAgain(more: String, polls: Int) async throws {
    // A poll every five seconds until the time is over. As in the reference, a job that ran out of time between two polls is not
    // aborted.
    let running = [ScriptedTransport.Answer](repeating: .status(200, #"{"status": "running"}"#), count: polls)
    let world = TestWorld(
      [.status(200, #"{"id": 1}"#)] + running
        + [.status(200, #"{"id": 2}"#), .status(200, #"{"status": "done"}"#), .status(200, #"[{"id": 5}]"#)])
    #expect(try await Self.read(Self.stream(world, more)) == [["id": 5]])
    #expect(
      world.transport.lines.suffix(3) == [
        "POST https://api.test/jobs", "GET https://api.test/jobs/2", "GET https://api.test/out/done",
      ])
    #expect(world.sleeps.allSatisfy { $0 == 5 })
  }

  @Test func aJobThatAlwaysRunsTooLongIsGivenUp() async throws {
    let attempt: [ScriptedTransport.Answer] =
      [.status(200, #"{"id": 1}"#)] + [ScriptedTransport.Answer](repeating: .status(200, #"{"status": "running"}"#), count: 13)
    let world = TestWorld(attempt + attempt + attempt + [.status(200, "{}")])
    let stream = try Self.stream(world, #""polling_job_timeout": 1,"#)
    let error = await connectorError { _ = try await Self.read(stream) }
    #expect(error?.failureType == .system)
    #expect(world.transport.lines.last == "POST https://api.test/jobs/1/abort")
    #expect(world.transport.requests.count == 3 * attempt.count + 1)
  }

  @Test func aFailedJobWaitsBeforeItIsCreatedAgain() async throws {
    let world = TestWorld([
      .status(200, #"{"id": 1}"#), .status(200, #"{"status": "failed"}"#), .status(200, #"{"id": 2}"#),
      .status(200, #"{"status": "done"}"#), .status(200, "[]"),
    ])
    #expect(try await Self.read(Self.stream(world, #""failed_retry_wait_time_in_seconds": 12,"#)).isEmpty)
    // The wait begins when the job is looked at again: 5 s, then 15 s until 12 are over, then 5 s after it was done.
    #expect(world.sleeps == [5, 5, 5, 5, 5])
    #expect(world.transport.requests.count == 5)
  }

  @Test func pollsThatFailAreNotRepeatedWithoutAPause() async throws {
    let world = TestWorld([
      .status(200, #"{"id": 1}"#), .status(200, #"{"status": "odd"}"#), .status(200, #"{"status": "odd"}"#),
      .status(200, #"{"status": "odd"}"#), .status(200, #"{"status": "done"}"#), .status(200, "[]"),
    ])
    let stream = try Self.stream(world)
    let error = await connectorError { _ = try await Self.read(stream) }
    #expect(error?.failureType == .system)
    #expect(error?.internalMessage?.contains("`odd`") == true)
    #expect(world.sleeps == [5, 5, 5])
  }

  @Test func streamsShareTheBudget() async throws {
    let budget = AsyncJobBudget(limit: 2)
    let first = try #require(budget.slot())
    let second = try #require(budget.slot())
    #expect(budget.slot() == nil)
    first.release()
    first.release()
    let third = try #require(budget.slot())
    #expect(budget.slot() == nil)
    second.release()
    third.release()
  }

  @Test(arguments: [
    ("null", 1), ("0", 1), ("-2", 1), ("3", 3), (#""4""#, 4), (#""{{ 1 + 1 }}""#, 2), (#""{{ config['n'] }}""#, 1), (#""x""#, 1),
  ])
  func theBudgetIsANumberOrATemplate(json: String, limit: Int) throws {
    let world = TestWorld([])
    let manifest = try world.node(#"{"max_concurrent_async_job_count": \#(json)}"#)
    let budget = AsyncJobBudget(in: RunScope(config: [:], runtime: world.runtime, registry: .standard, manifest: manifest))
    var slots: [AsyncJobBudget.Slot] = []
    while let slot = budget.slot() { slots.append(slot) }
    #expect(slots.count == limit)
  }
}
