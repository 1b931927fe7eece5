import ConnectorModel
import Manifest

/// A backoff strategy with its place in the manifest, for those who ask why something waits.
struct PlacedBackoffStrategy: BackoffStrategy {
  private let strategy: any BackoffStrategy
  private let node: ManifestNode
  private let coverage: (any RunCoverage)?

  init(_ strategy: any BackoffStrategy, at node: ManifestNode, coverage: (any RunCoverage)?) {
    self.strategy = strategy
    self.node = node
    self.coverage = coverage
  }

  func delay(after attempt: Attempt, number: Int) async throws -> Double? {
    let delay = try await strategy.delay(after: attempt, number: number)
    if delay != nil { coverage?.reached(node) }
    return delay
  }

  /// Its type, what it uses, and where it is: `WaitTimeFromHeader (Retry-After: 3) at streams[0].retriever…`.
  func origin(of attempt: Attempt) -> String? {
    let evidence = strategy.origin(of: attempt).map { " (\($0))" } ?? ""
    return (node["type"]?.string ?? "a backoff strategy") + evidence + node.placeText
  }
}

extension ManifestNode {
  /// Where the node is, to follow its name; empty if that is not known.
  var placeText: String {
    let places = [path, mark.map { "\($0)" } ?? ""].filter { !$0.isEmpty }
    return places.isEmpty ? "" : " at " + places.joined(separator: ", ")
  }
}
