import AirbyteProtocol
import JSON

/// The streams of a read, and how each is read.
///
/// ```swift
/// connector.read(.all)                                     // everything, incrementally where it can be
/// connector.read(.streams("orders", mode: .fullRefresh))   // one stream, from its beginning
/// connector.read(try Catalog(json: text))                  // what a platform configured
/// ```
public struct Catalog: Sendable {
  private enum Choice {
    /// Those of the names, or all.
    case named([String]?, SyncMode)
    case configured([ConfiguredStream])
  }

  private let choice: Choice

  private init(_ choice: Choice) { self.choice = choice }

  /// Streams that are configured one by one.
  public init(_ streams: [ConfiguredStream]) { choice = .configured(streams) }

  /// A configured catalog of the protocol, or what `discover` printed: its CATALOG message, or the catalog in it.
  /// - Throws: ``InputShapeError`` that says which entry is wrong, or ``JSONError`` if the text is not JSON.
  public init(json text: String) throws { choice = .configured(try ConfiguredStream.catalog(JSONValue(parsing: text))) }

  /// All streams of the connector, incrementally.
  public static let all = Catalog(.named(nil, .incremental))

  /// All streams of the connector.
  /// - Parameter mode: how they are read; those that cannot be read incrementally are read as a whole.
  public static func all(_ mode: SyncMode) -> Catalog { Catalog(.named(nil, mode)) }

  /// Some streams, by name.
  /// - Parameter mode: how they are read; those that cannot be read incrementally are read as a whole.
  public static func streams(_ names: String..., mode: SyncMode = .incremental) -> Catalog {
    Catalog(.named(names, mode))
  }

  /// The streams of a read.
  /// - Parameter discover: gives the streams of some names, or all, as the connector describes them. A name that it does not know is
  ///   left to the read, which says so.
  func configured(_ discover: ([String]?) async throws -> [AirbyteStream]) async throws -> [ConfiguredStream] {
    switch choice {
    case .configured(let streams): return streams
    case .named(let names, let mode):
      let found = try await discover(names)
      let byName = ByName(found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      return (names ?? found.map(\.name)).map { name in
        let isIncremental = byName[name]?.supportedSyncModes.contains(.incremental) ?? false
        return ConfiguredStream(
          descriptor: StreamDescriptor(name: name, namespace: byName[name]?.namespace),
          syncMode: isIncremental ? mode : .fullRefresh,
          jsonSchema: byName[name]?.jsonSchema ?? [:])
      }
    }
  }
}
