import JSON

/// Places of requests as components.
enum RequestOptionText {
  static func component(_ place: RequestPlace) -> JSONValue {
    var option: JSONObject = ["type": "RequestOption"]
    switch place.kind {
    case .path, .query: option["inject_into"] = "request_parameter"
    case .header: option["inject_into"] = "header"
    case .form: option["inject_into"] = "body_data"
    case .json: option["inject_into"] = "body_json"
    }
    if place.names.count > 1 {
      option["field_path"] = .array(place.names.map { .string($0) })
    } else {
      option["field_name"] = .string(place.names.first ?? "")
    }
    return .object(option)
  }
}

extension PagingDescription {
  /// The paginator.
  var component: CommentedYAML {
    var (strategy, option) = parts
    if let pageSize { strategy.add("page_size", .int(pageSize.size)) }
    if case .page = self.strategy { strategy.add("inject_on_first_request", true) }
    var paginator = CommentedYAML(type: "DefaultPaginator")
    paginator.add("pagination_strategy", strategy)
    paginator.add("page_token_option", option)
    if let place = pageSize?.place { paginator.add("page_size_option", RequestOptionText.component(place)) }
    return paginator
  }

  private static let path: JSONValue = ["type": "RequestPath"]

  private var parts: (strategy: CommentedYAML, option: JSONValue) {
    switch strategy {
    case .linkHeader:
      (Self.cursor("headers['link']['next']['url']", stop: "'next' not in headers['link']"), Self.path)
    case .nextAddress(let path):
      (Self.cursor(TemplateText.reading("response", path), stop: stop(TemplateText.reading("response", path))), Self.path)
    case .token(let path, let place):
      (
        Self.cursor(TemplateText.reading("response", path), stop: stop(TemplateText.reading("response", path))),
        RequestOptionText.component(place)
      )
    case .tokenHeader(let name, let place):
      (
        Self.cursor(TemplateText.reading("headers", [name]), stop: stop("headers.get(\(TemplateText.literal(name)))")),
        RequestOptionText.component(place)
      )
    case .lastRecord(let field, let place):
      (
        Self.cursor(TemplateText.demanding("last_record", [field]), stop: stop(ofLastRecord: ())),
        RequestOptionText.component(place)
      )
    case .page(let place, let first):
      (
        {
          var strategy = CommentedYAML(type: "PageIncrement")
          strategy.add("start_from_page", .int(first))
          return strategy
        }(), RequestOptionText.component(place)
      )
    case .offset(let place): (CommentedYAML(type: "OffsetIncrement"), RequestOptionText.component(place))
    }
  }

  /// The pages end where there is no token, or where the answer says so.
  private func stop(_ token: String) -> String {
    "not " + (moreFlag.map { TemplateText.reading("response", $0) } ?? token)
  }

  private func stop(ofLastRecord: Void) -> String {
    if let moreFlag { return "not " + TemplateText.reading("response", moreFlag) }
    return pageSize.map { "last_page_size < \($0.size)" } ?? "last_page_size == 0"
  }

  private static func cursor(_ value: String, stop: String) -> CommentedYAML {
    var strategy = CommentedYAML(type: "CursorPagination")
    strategy.add("cursor_value", .string(TemplateText.expression(value)))
    strategy.add("stop_condition", .string(TemplateText.expression(stop)))
    return strategy
  }
}
