import ConnectorModel
import Testing

@testable import Authoring

/// What a request is for, by the place of its requester in the manifest.
@Suite struct RequestPurposeTests {
  private static let stream = "streams[0].retriever"
  private static let parent = "\(stream).partition_router.parent_stream_configs[0].stream"

  @Test(arguments: [
    ("\(stream).requester", "orders", ResponseAction.success, "page"),
    ("\(stream).requester", "orders", .fail, "page"),
    ("dynamic_streams[0].stream_template.retriever.requester", "orders", .success, "page"),
    ("\(stream).download_requester", "job download - orders", .success, "page"),
    ("\(stream).requester", "orders", .reducePageSize, "HTTP Stream 'orders' page rejected, retrying with a smaller page size"),
    (
      "\(stream).requester", "orders", .splitRequestWindow,
      "HTTP Stream 'orders' request window rejected, retrying with a smaller window"
    ),
    ("\(stream).requester.authenticator.login_requester", "orders_login", .success, "AUTH Login request"),
    ("\(stream).creation_requester", "job creation - orders", .success, "ASYNC_CREATE Async Job -- Create"),
    ("\(stream).polling_requester", "job polling - orders", .success, "ASYNC_POLL Async Job -- Polling"),
    ("\(stream).abort_requester", "job abort - orders", .success, "ASYNC_ABORT Async Job -- Abort"),
    ("\(stream).delete_requester", "job delete - orders", .success, "ASYNC_DELETE Async Job -- Delete"),
    ("\(stream).download_target_requester", "job extract_url - orders", .success, "other"),
    ("\(parent).retriever.requester", "shops", .success, "PARENT_STREAM Parent stream: Stream 'shops' request"),
    (
      "\(parent).retriever.requester.authenticator.login_requester", "shops_login", .success,
      "PARENT_STREAM Parent stream: Login request"
    ),
    (
      "\(parent).retriever.polling_requester", "job polling - shops", .success,
      "PARENT_STREAM Parent stream: Async Job -- Polling"
    ),
    (
      "streams[0].schema_loader.retriever.requester", "dynamic_properties", .success,
      "HTTP Schema loader 'dynamic_properties' request"
    ),
    ("dynamic_streams[0].components_resolver.retriever.requester", "__http_components_resolver", .success, "other"),
    ("\(stream).requester", "another stream", .success, "other"),
    ("\(stream).requester.authenticator", "orders", .success, "AUTH Refresh token"),
    ("\(parent).retriever.requester.authenticator.authenticators.first", "shops", .success, "AUTH Refresh token"),
    ("\(stream).requester.authenticator.login_requester.authenticator", "orders", .success, "AUTH Refresh token"),
  ])
  func purposes(path: String, requester: String, action: ResponseAction, expected: String) {
    let purpose = RequestPurpose(path: path, requesterOf: requester, action, in: "orders")
    let text =
      switch purpose {
      case .page: "page"
      case .other: "other"
      case .auxiliary(let request): "\(request.kind.rawValue) \(request.title)"
      }
    #expect(text == expected)
  }

  @Test func aRequestOfNoRequesterIsForAToken() {
    guard case .auxiliary(let request) = RequestPurpose(nil, .success, in: "orders") else {
      Issue.record("A token is no page.")
      return
    }
    #expect(request.kind == .authentication)
    #expect(request.title == "Refresh token")
  }
}
