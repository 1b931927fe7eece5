import AirbyteProtocol
import ConnectorModel
import Manifest

/// What carries requests over the network.
package enum TransportKind: String, CaseIterable, Sendable {
  case curl
  case urlsession

  /// The environment variable that chooses one.
  package static let variable = "AIRBYTE_LOWCODE_TRANSPORT"

  /// The one without a choice: `URLSession` where it is the system's. The one that stands on libcurl has faults that libcurl itself
  /// does not have, of which one ends the process.
  package static var standard: TransportKind {
    #if canImport(FoundationNetworking) || !URLSession
      .curl
    #else
      .urlsession
    #endif
  }

  /// Those that the program has, the usual one first. Without the package's trait `URLSession`, it has libcurl alone.
  package static var available: [TransportKind] {
    #if URLSession
      [standard] + allCases.filter { $0 != standard }
    #else
      [standard]
    #endif
  }

  /// The one that the environment chooses.
  /// - Throws: ``ConnectorError`` for a name that is none of them, or one that the program does not have.
  package init(_ environment: [String: String]) throws(ConnectorError) {
    guard let name = environment[Self.variable], !name.isEmpty else {
      self = .standard
      return
    }
    guard let kind = TransportKind(rawValue: name.lowercased()) else {
      throw ConnectorError(
        .config,
        "The environment variable \(Self.variable) should be \(Self.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or ")), "
          + "not `\(name)`")
    }
    guard Self.available.contains(kind) else {
      throw ConnectorError(
        .config, "This program was built without the transport `\(kind.rawValue)`",
        remedy: .advice("use `\(Self.standard.rawValue)`"))
    }
    self = kind
  }
}
