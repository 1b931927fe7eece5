import Components
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// The place in a request that a request option names, as the API reads it.
struct RequestPlace: Sendable {
  private let place: RequestOption.Place
  private let path: [String]

  /// - Returns: nil if the node is no option, or its name depends on the request.
  init?(_ node: ManifestNode?, config: TemplateConfig, parameters: JSONObject = [:]) {
    guard let node, let place = node["inject_into"]?.string.flatMap({ RequestOption.Place(rawValue: $0) }) else { return nil }
    let names = node["field_name"].map { [$0] } ?? node["field_path"]?.sequence ?? []
    let context = EvaluationContext(config: config)
    let path = names.compactMap { try? InterpolatedString($0, parameters: parameters).string(context) }
    guard !path.isEmpty, path.count == names.count else { return nil }
    self.place = place
    self.path = path
  }

  /// The text that a request has there.
  func value(in request: MockRequest) -> String? {
    switch place {
    case .requestParameter: request.parameter(path[0])
    case .header: request.header(path[0])
    case .bodyData: request.form.first { $0.name == path[0] }?.value ?? request.json?[path[0]]?.string
    case .bodyJSON: request.json?.value(at: path).map { $0.string ?? $0.jsonText }
    }
  }
}
