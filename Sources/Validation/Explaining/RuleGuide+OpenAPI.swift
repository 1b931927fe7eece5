extension RuleGuide {
  /// The rules that compare a manifest with an OpenAPI document.
  static let ofDocuments: [String: RuleGuide] = [
    "openapi-deprecated": RuleGuide(
      why: "The API will stop to answer it one day, and the document mostly names what takes its place.",
      wrong: "url: https://api.example.com/v1/orders # deprecated: true",
      right: "url: https://api.example.com/v2/orders"),
    "openapi-field": RuleGuide(
      why: "Records without the key cannot be told apart, and without the cursor every read begins anew.",
      wrong: "primary_key: order_id # records have: id, total",
      right: "primary_key: id"),
    "openapi-page-size": RuleGuide(
      why: "The API refuses the request, or gives smaller pages, so that the paginator takes the first one for the last.",
      wrong: "pagination_strategy: {type: OffsetIncrement, page_size: 1000} # maximum: 100",
      right: "pagination_strategy: {type: OffsetIncrement, page_size: 100}"),
    "openapi-parameter": RuleGuide(
      why: "Most APIs ignore what they do not know, so that a misspelt filter reads everything.",
      wrong: "request_parameters: {stats: open} # parameters: status, limit",
      right: "request_parameters: {status: open}"),
    "openapi-path": RuleGuide(
      why: "The request is answered with 404 or 405.",
      wrong: "url: https://api.example.com/v1/order # paths: /v1/orders",
      right: "url: https://api.example.com/v1/orders"),
    "openapi-record-path": RuleGuide(
      why: "Nothing is found there, so that the stream has no records, and no error says so.",
      wrong: "extractor: {type: DpathExtractor, field_path: [items]} # the answer has: orders",
      right: "extractor: {type: DpathExtractor, field_path: [orders]}"),
    "openapi-required": RuleGuide(
      why: "The API refuses the request.",
      wrong: "request_parameters: {} # required: region",
      right: """
        request_parameters: {region: "{{ config['region'] }}"}
        """),
    "openapi-value": RuleGuide(
      why: "The API refuses the value, or takes it for another one.",
      wrong: "request_parameters: {status: opened} # enum: open, closed",
      right: "request_parameters: {status: open}"),
  ]
}
