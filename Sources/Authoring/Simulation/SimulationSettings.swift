/// What a simulation assumes of an API.
package struct SimulationSettings: Sendable {
  /// How many records a stream has, by its name.
  package var recordsOfStreams: [String: Int] = [:]
  /// How many the other streams have.
  package var records = 10_000
  /// How many records a page has where the manifest does not say it.
  package var pageSize = 100
  /// How long an answer takes, in microseconds.
  package var latency: Int64 = 100_000

  package init() {}

  func records(of stream: String) -> Int { recordsOfStreams[stream] ?? records }
}
