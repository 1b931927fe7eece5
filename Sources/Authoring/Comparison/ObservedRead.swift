import AirbyteProtocol
import ConnectorModel
import JSON

/// What a read of a connector gave, as far as reads are compared.
package struct ObservedRead: Sendable {
  /// What a read gave of one stream.
  package struct Stream: Sendable {
    package var records = 0
    /// How often each record came, by a number that stands for it.
    package var prints: [UInt64: Int] = [:]
    /// The fields of the records.
    package var fields = FieldCounts()
    /// The fields of the bodies that the API answered with.
    package var bodies = FieldCounts()
    package var isComplete = false
    /// The last state.
    package var state: JSONValue?
    package var failure: String?
    /// The requests, and how often each was made.
    package var requests: [String: Int] = [:]
    package var statuses: [Int: Int] = [:]
    /// How many records the pages had, in their order as far as one slice was read after the other.
    package var pages: [Int] = []
    /// The parameters whose values differ among the requests.
    package var varying: Set<String> = []
    package var parameters: [String: String] = [:]
  }

  package var spec: JSONObject = [:]
  package var catalog: [AirbyteStream] = []
  package var streams: [String: Stream] = [:]
  /// What ended the read as a whole.
  package var failure: String?
  /// Whether it ended before anything was read: the config or the choice of streams is wrong.
  package var failsBeforeReading = true

  package init() {}
}
