import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// A strategy's `page_size`: a number, or a template for one.
struct PageSizeTemplate: Sendable {
  private enum Size: Sendable {
    case number(Int)
    case template(InterpolatedString)
  }

  private let size: Size
  private let config: TemplateConfig
  private let node: ManifestNode

  /// Nil if the component has no page size.
  init?(_ component: ComponentNode, in scope: BuildScope) throws {
    guard let node = component["page_size"] else { return nil }
    self.node = node
    config = scope.templateConfig
    if let number = node.int ?? node.string.flatMap({ Int($0) }) {
      size = .number(number)
    } else if let text = node.string, text.isEmpty {
      return nil
    } else {
      size = .template(InterpolatedString(node, parameters: component.parameters))
    }
  }

  /// - Throws: ``ConnectorError`` if the template gives no integer.
  func value() throws -> Int {
    switch size {
    case .number(let number): return number
    case .template(let template):
      switch try template.evaluate(EvaluationContext(config: config)) {
      case .int(let number): return number
      case .bool(let flag): return flag ? 1 : 0
      case let other: throw mismatch(template, other)
      }
    }
  }

  /// The number of records below which a page is the last one: here a fraction counts, and what is empty is not a size.
  /// - Throws: ``ConnectorError`` if the template gives something other than a number.
  func limit(_ bindings: [(symbol: Symbol, value: Value)]) throws -> Double? {
    switch size {
    case .number(let number): return number == 0 ? nil : Double(number)
    case .template(let template):
      let value = try template.evaluate(EvaluationContext(config: config, bindings: bindings))
      guard value.isTruthy else { return nil }
      switch value {
      case .int(let number): return Double(number)
      case .float(let number): return number
      case .bool: return 1
      default: throw mismatch(template, value)
      }
    }
  }

  private func mismatch(_ template: InterpolatedString, _ value: Value) -> ConnectorError {
    ConnectorError(
      .system, "`page_size` should be an integer, but `\(template.source)` gives `\(value.pythonString)`", at: node)
  }
}
