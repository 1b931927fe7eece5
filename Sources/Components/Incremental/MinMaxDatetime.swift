import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import PythonTime
import Templating

/// A moment that a manifest gives by a template, kept between a lowest and a highest one.
package struct MinMaxDatetime: Component {
  private let datetime: InterpolatedString
  private let lowest: InterpolatedString?
  private let highest: InterpolatedString?
  /// Of a format of its own.
  private let parser: DatetimeParser?
  private let config: TemplateConfig
  private let node: ManifestNode

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let parameters = node.parameters
    datetime = try InterpolatedString(node.required("datetime"), parameters: parameters)
    lowest = try Self.template(node["min_datetime"], parameters)
    highest = try Self.template(node["max_datetime"], parameters)
    parser = try node.optionalString("datetime_format").flatMap { $0.isEmpty ? nil : DatetimeParser(format: $0) }
    config = scope.templateConfig
    self.node = node.node
  }

  /// A component, or a text alone, which has neither bounds nor a format of its own.
  package init(_ node: ManifestNode, parameters: JSONObject, in scope: BuildScope) throws {
    if node.mapping != nil {
      try self.init(from: ComponentNode(node), in: scope)
    } else {
      self.init(node, text: InterpolatedString(node, parameters: parameters), config: scope.templateConfig)
    }
  }

  private init(_ node: ManifestNode, text: InterpolatedString, config: TemplateConfig) {
    datetime = text
    lowest = nil
    highest = nil
    parser = nil
    self.config = config
    self.node = node
  }

  private static func template(_ node: ManifestNode?, _ parameters: JSONObject) throws -> InterpolatedString? {
    guard let node, node.string != "" else { return nil }
    return InterpolatedString(node, parameters: parameters)
  }

  /// The moment as the templates give it now.
  /// - Parameter inherited: of the format that counts where the component has none of its own.
  /// - Throws: ``ConnectorError`` if a text is not in the format.
  package func moment(_ inherited: DatetimeParser) throws -> PyDateTime {
    let parser = parser ?? inherited
    let context = EvaluationContext(config: config)
    var moment = try parse(datetime.string(context), parser)
    if let text = try lowest?.string(context), !text.isEmpty {
      let bound = try parse(text, parser)
      if moment.epochMicroseconds < bound.epochMicroseconds { moment = bound }
    }
    if let text = try highest?.string(context), !text.isEmpty {
      let bound = try parse(text, parser)
      if bound.epochMicroseconds < moment.epochMicroseconds { moment = bound }
    }
    return moment
  }

  private func parse(_ text: String, _ parser: DatetimeParser) throws -> PyDateTime {
    do {
      return try parser.parse(text)
    } catch  where text.isEmpty {
      throw ConnectorError(
        .system, "The date is empty: a value that its template takes from the config is missing there", at: node,
        internalMessage: error.description)
    } catch {
      throw ConnectorError(
        .system, "The date `\(text)` is not in the format `\(parser.format)`", at: node, internalMessage: error.description,
        cause: .format(parser.format))
    }
  }
}
