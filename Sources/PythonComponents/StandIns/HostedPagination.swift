import ConnectorModel
import JSON

/// `CustomPaginationStrategy`: decides on the token of the next page.
struct HostedPaginationStrategy: PaginationStrategy {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  var initialToken: PageToken? {
    get async throws {
      try await component.call("initial_token", "initial_token")["token"].map { PageToken(json: $0) }
    }
  }

  /// It decodes bodies itself.
  var looksAtBody: Bool { false }

  func pageSize() async throws -> Int? {
    guard let size = try await component.call("get_page_size", "page_size")["size"]?.number else { return nil }
    return Int(exactly: size.rounded())
  }

  func nextToken(after page: PageResult, lastToken: PageToken?) async throws -> PageToken? {
    let mention = component.host.responses.mention(page.response)
    var fields = mention.fields
    fields["last_page_size"] = .int(page.recordCount)
    fields["extracted"] = .int(page.extractedCount)
    if let record = page.lastRecord { fields["last_record"] = .object(record.fields) }
    if let lastToken { fields["last_token"] = lastToken.json }
    if component.flag("wants_slice") { fields["slice"] = page.slice.hostValue }
    if component.flag("wants_page_size_override"), let size = page.requestedPageSize { fields["page_size_override"] = .int(size) }
    return try await component.call("next_page_token", "next_token", fields, mention.parts)["token"].map { PageToken(json: $0) }
  }
}
