import ConnectorModel
import JSON
import Jinja
import Manifest
import YAML

/// A condition: the reference's `InterpolatedBoolean`, with its own list of false values.
package struct InterpolatedBoolean: Sendable {
  private let condition: InterpolatedString

  package init(_ source: String, parameters: JSONObject = [:], mark: SourceMark? = nil) {
    condition = InterpolatedString(source, parameters: parameters, default: "False", mark: mark)
  }

  /// A string node, or a boolean that decides by itself.
  package init(_ node: ManifestNode, parameters: JSONObject = [:]) {
    let source = node.bool.map { $0 ? "True" : "False" } ?? node.string ?? ""
    self.init(source, parameters: parameters, mark: node.mark)
  }

  /// The names that the condition takes from its place.
  package var undeclaredVariables: Set<String> { condition.undeclaredVariables }

  /// Whether the condition holds: it does unless it gives nothing, zero, something empty or the text of one of these.
  /// - Throws: ``ConnectorError`` if the template is not valid or its evaluation fails; an undefined value counts as false.
  package func evaluate(_ context: EvaluationContext) throws -> Bool {
    let holds = Self.holds(try condition.evaluate(context))
    if let coverage = context.config.coverage, !condition.isConstant {
      coverage.decided(condition.source, at: condition.mark, holds: holds)
    }
    return holds
  }

  private static func holds(_ value: Value) -> Bool {
    switch value {
    case .bool(let flag): flag
    case .none: false
    case .int(let number): number != 0
    case .float(let number): number != 0
    case .string(let text): !falseTexts.contains(text)
    case .list(let list): !list.items.isEmpty
    case .tuple(let items): !items.isEmpty
    case .dict(let dict): dict.count != 0
    case .json(let view): view.count != 0
    default: true
    }
  }

  /// The texts that count as false; `set()` is a literal of its own in Python.
  package static let falseTexts: Set<String> = ["False", "false", "{}", "[]", "()", "", "0", "0.0", "set()"]
}
