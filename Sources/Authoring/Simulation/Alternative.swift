import JSON
import Manifest

/// Something that might be otherwise, to see whether a read would be faster then.
enum Alternative: Sendable {
  /// As many slices at a time.
  case concurrency(Int)
  case noCallRates
  /// Answers that take as long, in microseconds.
  case latency(Int64)

  /// In a few words, behind the time that the read takes then.
  var words: String {
    switch self {
    case .concurrency(let number): "with \(number) at a time"
    case .noCallRates: "without call rates"
    case .latency(let time): "with \(RequestReport.seconds(Double(time) / 1_000_000)) an answer"
    }
  }

  func applied(to settings: SimulationSettings) -> SimulationSettings {
    guard case .latency(let time) = self else { return settings }
    var settings = settings
    settings.latency = time
    return settings
  }

  func applied(to manifest: LoadedManifest) -> LoadedManifest {
    switch self {
    case .latency: manifest
    case .noCallRates: Self.changed(manifest, "api_budget", to: nil)
    case .concurrency(let number):
      Self.changed(
        manifest, "concurrency_level", to: ["type": "ConcurrencyLevel", "default_concurrency": .int(number), "$parameters": [:]])
    }
  }

  /// A manifest with another value at its top level, or without it.
  private static func changed(_ manifest: LoadedManifest, _ key: String, to value: JSONValue?) -> LoadedManifest {
    let root = manifest.root.stored
    var entries = (root.mapping?.entries ?? []).filter { $0.key != key }
    if let value { entries.append(ManifestEntry(key: key, value: ManifestValue(json: value))) }
    return LoadedManifest(ManifestValue(.mapping(ManifestMapping(entries)), mark: root.mark), warnings: manifest.warnings)
  }
}
