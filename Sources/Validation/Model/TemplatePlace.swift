import JSON
import Jinja
import LowCode

/// A text of a manifest that holds a template, and what it may use there.
package struct TemplatePlace: Sendable {
  package let node: ManifestNode
  package let text: String
  package let owner: ComponentVisit
  /// The property of the owner that it is in, at any depth.
  package let property: String
  /// Whether the schema says that the property is filled in.
  package let isInterpolated: Bool
  /// The variables that the place has; nil if that is not known.
  package let variables: Set<String>?
  /// The compiled template, or why it is not valid.
  package let template: Result<Template, TemplateError>

  init(
    _ node: ManifestNode, text: String, _ template: Result<Template, TemplateError>, owner: ComponentVisit, property: String
  ) {
    self.node = node
    self.text = text
    self.template = template
    self.owner = owner
    self.property = property
    let schema = owner.properties[property]
    isInterpolated = schema?["interpolation_context"]?.array != nil || PlaceVariables.place(of: owner, property) != nil
    variables = PlaceVariables.names(owner, property, schema)
  }

  static func compile(_ text: String) -> Result<Template, TemplateError> {
    do throws(TemplateError) { return .success(try Template(text, environment: .lowCode)) } catch { return .failure(error) }
  }

  /// The names that the template takes from its place; empty if it is not valid.
  package var undeclaredVariables: Set<String> { (try? template.get())?.undeclaredVariables ?? [] }

  /// Whether the value depends only on the config, or on nothing.
  package var dependsOnConfigAlone: Bool { undeclaredVariables.isSubset(of: ["config", "parameters"]) }
}

/// Which variables each property of each component has, by the bundled schema and by what was measured of the reference.
enum PlaceVariables {
  /// The variables that the schema describes at all, in its order.
  static let described: [String] = {
    let variables = ComponentSchema.document["interpolation"]?["variables"]?.array ?? []
    return variables.compactMap { $0["title"]?.string }
  }()

  /// The functions that templates have without a context.
  static let functions: [String] = Environment.lowCode.globals.keys.sorted()

  static func place(of owner: ComponentVisit, _ property: String) -> InterpolationPlace? {
    switch (owner.type, property) {
    case ("HttpRequester", let name) where requestProperties.contains(name):
      owner.enclosing("AsyncRetriever") == nil ? .request : .jobRequest
    case ("RequestBodyJsonObject", _), ("RequestBodyGraphQL", _), ("RequestBodyUrlEncodedForm", _), ("RequestBodyPlainText", _),
      ("RequestBodyGraphQlQuery", _):
      .request
    case ("RecordFilter", "condition"): .recordFilter
    case ("AddedFieldDefinition", "value"), ("AddFields", "condition"), ("RemoveFields", "condition"), ("KeysReplace", _):
      .transformation
    case ("CursorPagination", "cursor_value"), ("CursorPagination", "stop_condition"): .cursorPagination
    case ("OffsetIncrement", "page_size"): .offsetPagination
    case ("HttpResponseFilter", "predicate"), ("HttpResponseFilter", "error_message"): .responseFilter
    case ("WaitTimeFromResponse", _), ("WaitTimeFromHeader", _), ("WaitUntilTimeFromHeader", _): .backoff
    case ("SessionTokenRequestApiKeyAuthenticator", _), ("SessionTokenRequestBearerAuthenticator", _): .sessionToken
    case ("ComponentMappingDefinition", _): .componentMapping
    case ("DatetimeBasedCursor", "step"), ("OAuthAuthenticator", _), ("LegacySessionTokenAuthenticator", _),
      ("JwtAuthenticator", _), ("MinMaxDatetime", _):
      .config
    default: nil
    }
  }

  static func names(_ owner: ComponentVisit, _ property: String, _ schema: JSONValue?) -> Set<String>? {
    let place = place(of: owner, property)
    let context = schema?["interpolation_context"]?.array?.compactMap(\.string)
    guard place != nil || context != nil else { return nil }
    var names = Set(context ?? []).union(place?.variables ?? []).union(["config", "parameters"])
    if owner.type == "HttpRequester" { names.insert("query_properties") }
    if names.contains("stream_slice") { names.formUnion(["stream_interval", "stream_partition"]) }
    return names
  }

  private static let requestProperties: Set<String> = [
    "url", "url_base", "path", "request_parameters", "request_headers", "request_body", "request_body_json", "request_body_data",
  ]
}
