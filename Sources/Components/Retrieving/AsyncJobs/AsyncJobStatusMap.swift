import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Secrets

/// Says which of an API's words for the state of a job mean what.
struct AsyncJobStatusMap: Component {
  private let statuses: [String: AsyncJobStatus]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    var statuses: [String: AsyncJobStatus] = [:]
    let groups: [(property: String, status: AsyncJobStatus)] = [
      ("running", .running), ("completed", .completed), ("failed", .failed), ("timeout", .timedOut), ("skipped", .skipped),
    ]
    for (property, status) in groups {
      if status != .skipped { _ = try node.required(property) }
      for word in try node.strings(property) {
        guard statuses.updateValue(status, forKey: word) == nil else {
          throw ConnectorError(
            .system, "The status `\(word)` appears twice in `status_mapping`", at: node[property] ?? node.node)
        }
      }
    }
    self.statuses = statuses
  }

  /// - Parameter value: what the status extractor found.
  /// - Throws: ``ConnectorError`` for a word that the manifest does not know.
  func status(_ value: JSONValue?) throws -> AsyncJobStatus {
    let word = PythonStrings.str(value ?? .null)
    guard let status = statuses[word] else {
      throw ConnectorError(.system, "The API says that a job is `\(word)`, which `status_mapping` does not have")
    }
    return status
  }
}
