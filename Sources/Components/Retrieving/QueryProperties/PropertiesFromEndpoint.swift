import Concurrency
import ConnectorModel
import JSON
import Jinja
import Secrets
import Synchronization
import Templating

/// Asks an API for the names of the properties that its other requests can name.
struct PropertiesFromEndpoint: Component {
  /// A template in it that fails does so when a property comes, as in the reference.
  private let path: Result<RecordPath, any Error>
  private let retriever: any Retriever
  private let known = Known()

  /// The names, asked for once.
  private final class Known: Sendable {
    let turnstile = AsyncMutex()
    let names = Mutex<[String]?>(nil)
  }

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    let templates = try node.nodes("property_field_path").map { InterpolatedString($0, parameters: node.parameters) }
    path = Result { RecordPath(try templates.map { try $0.string(evaluation) }) }
    retriever = try scope.beside(named: Self.retrieverName).build(node.required("retriever"))
  }

  /// What logs call the requests for the names.
  private static let retrieverName = "dynamic_properties"

  static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? { scope.beside(named: retrieverName) }

  func properties() async throws -> [String] {
    try await known.turnstile.pass {
      if let names = known.names.withLock({ $0 }) { return names }
      var names: [String] = []
      try await retriever.read(.whole) { page in
        // As in the reference, a record without the property gives an empty list, as text.
        for record in page.records { names.append(PythonStrings.str(try path.get().value(in: record) ?? [])) }
        return true
      }
      known.names.withLock { $0 = names }
      return names
    }
  }
}
