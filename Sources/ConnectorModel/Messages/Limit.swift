import AirbyteProtocol

/// A number that an environment variable can change.
package struct Limit: Sendable, Equatable {
  package var value: Int
  package let variable: String

  package init(value: Int, variable: String) {
    self.value = value
    self.variable = variable
  }

  /// - Throws: ``ConnectorError`` if the variable is something other than a positive number.
  package mutating func read(_ environment: [String: String]) throws(ConnectorError) {
    guard let text = environment[variable], !text.isEmpty else { return }
    guard let number = Int(text), number > 0 else {
      throw ConnectorError(.config, "The environment variable \(variable) should be a positive integer, not `\(text)`")
    }
    value = number
  }

  /// What an error says of something larger.
  package var excess: String { "more than \(value) bytes, which \(variable) can change" }
}
