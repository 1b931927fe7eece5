import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Manifest
import Secrets
import Synchronization
import Testing
import Traffic

@testable import Authoring

/// Plans of reads: nothing of a stream's own requests is sent.
@Suite struct PlanTests {
  /// Answers with users, and notes what it was asked.
  private final class Users: Transport {
    let asked = Mutex<[String]>([])

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      asked.withLock { $0.append(request.url) }
      return HTTPResponse(
        status: 200, headers: [], body: Data(#"{"data": [{"id": 7}, {"id": 8}]}"#.utf8), url: request.url)
    }
  }

  private struct Quiet: Log, RunEvents {
    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  }

  private static func plan(
    _ names: [String], requests: Int = 2, of manifest: String = ShopManifest.text
  ) async throws -> (plan: RequestPlan, names: SecretNames, asked: [String]) {
    let users = Users()
    let transport = PlanTransport()
    transport.become(users)
    let mask = SecretMask()
    var runtime = RuntimeEnvironment(
      now: { ShopManifest.now }, sleep: { _ in }, random: { 0.5 }, transport: transport, log: Quiet(), secrets: mask)
    runtime.explainsRequests = true
    var input = ConnectorInput()
    input.config = try JSONValue(parsing: ShopManifest.config).object ?? [:]
    let connector = try await Connector.load(.text(Array(manifest.utf8), name: "manifest.yaml"), input, runtime: runtime)
    let plan = try await Planner(connector, through: transport, shown: requests, readsParents: true)
      .plan(StreamSelection(names: names))
    return (plan, SecretNames(mask, config: connector.config), users.asked.withLock { $0 })
  }

  @Test func eachPartHasItsReason() async throws {
    let (plan, names, asked) = try await Self.plan(["users"])
    #expect(asked.isEmpty)
    #expect(
      PlanReport(plan, names).written(as: .text) == """
        users  one slice, page after page
          GET https://shop.test/v1/users?limit=100
            url_base              {{ config['base_url'] }}/v1  manifest.yaml:14:19
                config.base_url = "https://shop.test"  from the config
            path                  /users                       manifest.yaml:15:15
            parameter limit       100                          the page size of OffsetIncrement (manifest.yaml:21:65)
            header X-Shop         shop north                   request_headers (manifest.yaml:17:35)
                shop {{ config['shop'] }}
                config.shop = "north"  from the config
            header Authorization  Bearer ****                  BearerAuthenticator (manifest.yaml:5:10)
                {{ config['token'] }}
                config.token = "****"  from the config
        """)
  }

  @Test func windowsAreCounted() async throws {
    let (plan, names, asked) = try await Self.plan(["orders"])
    #expect(asked.isEmpty)
    #expect(plan.streams[0].slices == 4)
    #expect(
      plan.streams[0].requests.map(\.url) == [
        "https://shop.test/v1/orders?since=2025-02-01", "https://shop.test/v1/orders?since=2025-02-08",
      ])
    let text = PlanReport(plan, names).written(as: .text)
    #expect(text.hasPrefix("orders  4 slices, page after page, the first ones here\n"))
    #expect(text.contains("the lower bound of the window of DatetimeBasedCursor (manifest.yaml:38:7)"))
    #expect(text.contains("field until"))
    #expect(text.contains("stream_interval.end_time = \"2025-02-07\"  from the upper bound of the window of DatetimeBasedCursor"))
  }

  @Test func parentsAreRead() async throws {
    let (plan, names, asked) = try await Self.plan(["posts"], requests: 1)
    #expect(asked == ["https://shop.test/v1/users?limit=100"])
    #expect(plan.streams[0].requests.map(\.url) == ["https://shop.test/v1/users/7/posts"])
    #expect(plan.streams[0].slices == nil)
    let text = PlanReport(plan, names).written(as: .text)
    #expect(
      text.hasPrefix("posts  for each record of `users`\n  first, for the parent `users` (sent): GET https://shop.test/v1/users"))
    #expect(text.contains("stream_partition.user_id = 7  from `id` of a record of the stream `users` (manifest.yaml:"))
  }

  @Test func asJSONForPrograms() async throws {
    let (plan, names, _) = try await Self.plan([])
    let json = try JSONValue(parsing: PlanReport(plan, names).written(as: .json))
    #expect(json["streams"]?.array?.compactMap { $0["name"]?.string } == ["users", "orders", "posts"])
    let parts = json["streams"]?[0]?["requests"]?[0]?["parts"]?.array ?? []
    #expect(parts.contains { $0["name"] == "X-Shop" && $0["value"] == "shop north" && $0["place"] == "manifest.yaml:17:35" })
    #expect(!json.jsonText.contains("t0ken"))
    for format in [PlanFormat.curl, .hurl] { #expect(!PlanReport(plan, names).written(as: format).contains("t0ken")) }
  }

  @Test func anUnknownStreamIsAnError() async throws {
    await #expect(throws: ConnectorError.self) { try await Self.plan(["user"]) }
  }

  /// Which requesters are those of the stream itself.
  @Test(arguments: [
    ("streams[0].retriever.requester", true), ("streams[0].retriever.creation_requester", true),
    ("streams[0].full_refresh_stream.retriever.requester", true), ("streams[10].retriever.requester", false),
    ("streams[0].retriever.partition_router.parent_stream_configs[0].stream.retriever.requester", false),
    ("streams[0].retriever.requester.authenticator.login_requester", false), ("", false),
    ("streams[0].schema_loader.retriever.requester", false),
  ])
  func ownRequests(path: String, isOwn: Bool) {
    #expect(PlanTransport.isOwn(path, of: "streams[0]") == isOwn)
  }
}
