import AirbyteProtocol
import JSON

@testable import Engine

extension ConnectorInput {
  /// What a full read of these streams starts from.
  static func reading(_ names: [String]) throws -> ConnectorInput {
    let entries = names.map { name -> JSONValue in
      [
        "stream": ["name": .string(name), "json_schema": [:], "supported_sync_modes": ["full_refresh"]],
        "sync_mode": "full_refresh", "destination_sync_mode": "append",
      ]
    }
    var input = ConnectorInput()
    input.catalog = try ConfiguredStream.catalog(["streams": .array(entries)])
    return input
  }
}
