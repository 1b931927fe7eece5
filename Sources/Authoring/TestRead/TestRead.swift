import AirbyteProtocol
import JSON

/// What a read of a stream's first slices and pages shows: what was asked, what was answered, and what became of it.
package struct TestRead: Sendable {
  /// How much of a stream is read.
  package struct Limits: Sendable, Equatable {
    package var slices = 5
    /// Of each slice.
    package var pages = 5
    /// From how many records on the read counts as limited.
    package var records = 100

    package init() {}
  }

  /// A request as it was sent.
  package struct Request: Sendable, Equatable {
    package var method: String
    package var url: String
    /// In order; a name may come twice.
    package var headers: [Header]
    package var body: String?
  }

  package struct Header: Sendable, Equatable {
    package var name: String
    package var value: String
  }

  package struct Response: Sendable, Equatable {
    package var status: Int
    package var headers: [Header]
    package var body: String
  }

  package struct Exchange: Sendable, Equatable {
    package var request: Request
    package var response: Response
  }

  /// A request that gave no records of the stream: for a token, a parent's record, a job.
  package struct AuxiliaryRequest: Sendable, Equatable {
    package var purpose: RequestPurpose.Auxiliary
    package var exchange: Exchange
  }

  package struct Page: Sendable, Equatable {
    /// Nil for records that were not requested by themselves, as those in a parent's record.
    package var exchange: Exchange?
    package var records: [JSONObject]
  }

  package struct Slice: Sendable, Equatable {
    /// The partition and the window of the cursor.
    package var descriptor: JSONObject
    package var pages: [Page]
    /// The STATE message's content after the slice; nil where none was written yet.
    package var state: JSONObject?
    /// The requests of jobs that the slice waited for.
    package var jobRequests: [AuxiliaryRequest] = []
  }

  package struct LogLine: Sendable, Equatable {
    package var level: LogLevel
    package var message: String
    /// The exact cause of an error.
    package var detail: String?
    package var stackTrace: String?
  }

  package var stream: String
  package var limits: Limits
  package var logs: [LogLine] = []
  package var slices: [Slice] = []
  package var auxiliaryRequests: [AuxiliaryRequest] = []
  /// What all records fit; nil where there were none.
  package var schema: JSONObject?
  /// The formats of the top-level fields that hold times, by name.
  package var datetimeFormats: JSONObject = [:]
  /// The config as the connector changed it; nil if it did not.
  package var configUpdate: JSONObject?

  package init(stream: String, limits: Limits) {
    self.stream = stream
    self.limits = limits
  }

  package var records: Int { slices.reduce(0) { $0 + $1.pages.reduce(0) { $0 + $1.records.count } } }

  /// Whether there may be more than what was read, judged as in the reference: by the numbers alone.
  package var isLimited: Bool {
    slices.count >= limits.slices || slices.contains { $0.pages.count >= limits.pages } || records >= limits.records
  }

  /// Whether something of the stream could not be read.
  package var hasFailed: Bool { logs.contains { $0.level == .error || $0.level == .fatal } }
}
