import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Reads what jobs at the API made: a job is created for each slice, and its records are fetched when it is done.
package struct AsyncRetriever: Component, Retriever {
  private var selector: RecordSelector
  private let rules: AsyncJobOrchestrator.Rules

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let inner = scope.beside()
    func requester(_ property: String, _ purpose: String, _ decoder: (any Decoder)? = nil) throws -> (any Requester)? {
      try scope.beside(named: "job \(purpose) - \(scope.streamName)").entering(ExchangeScope(decoder: decoder))
        .build(optional: node[property])
    }
    func required(_ property: String, _ purpose: String, _ decoder: (any Decoder)? = nil) throws -> any Requester {
      _ = try node.required(property)
      guard let requester = try requester(property, purpose, decoder) else {
        throw node.mismatch(property, "a requester", node.node)
      }
      return requester
    }

    let decoder = try inner.build(optional: node["decoder"], as: (any Decoder).self) ?? JsonDecoder(in: inner)
    let finishing = inner.entering(ExchangeScope(decoder: decoder))
    let statusExtractor: any RecordExtractor = try finishing.build(node.required("status_extractor"))
    let targetExtractor: (any RecordExtractor)? = try finishing.build(optional: node["download_target_extractor"])
    var refining = ReadingScope()
    refining.transformations = scope.reading.transformations
    selector = try finishing.entering(refining).build(node.required("record_selector"))

    let evaluation = EvaluationContext(config: scope.templateConfig)
    let minutes = try Self.number("polling_job_timeout", of: node, evaluation) ?? 0
    rules = AsyncJobOrchestrator.Rules(
      streamName: scope.streamName,
      repository: AsyncJobRepository(
        creation: try required("creation_requester", "creation"), polling: try required("polling_requester", "polling"),
        abortion: try requester("abort_requester", "abort"), deletion: try requester("delete_requester", "delete"),
        targets: try requester("download_target_requester", "extract_url"), targetExtractor: targetExtractor,
        statusExtractor: statusExtractor,
        statuses: try AsyncJobStatusMap(from: ComponentNode(node.required("status_mapping")), in: inner), decoder: decoder,
        download: try Self.download(node, in: inner) { try required("download_requester", "download", $0) },
        secrets: scope.runtime.secrets),
      budget: scope.run.shared(),
      timeout: Int64(minutes == 0 ? scope.runtime.trial == nil ? 60 : 15 : minutes) * 60_000_000,
      retryWait: try Self.number("failed_retry_wait_time_in_seconds", of: node, evaluation).map { Int64($0) * 1_000_000 },
      runtime: scope.runtime)
  }

  /// What fetches a job's records as they are: filter and transformations come later, with the slice that the job was for.
  /// - Parameter requester: makes the requester for the decoder that its responses go to.
  private static func download(
    _ node: ComponentNode, in scope: BuildScope, _ requester: (any Decoder) throws -> any Requester
  ) throws -> SimpleRetriever {
    var decoder = try scope.build(optional: node["download_decoder"], as: (any Decoder).self) ?? JsonDecoder(in: scope)
    let inner = scope.entering(ExchangeScope(decoder: decoder))
    let paginator = try inner.build(optional: node["download_paginator"], as: (any Paginator).self) ?? NoPagination()
    let extractor =
      try inner.build(optional: node["download_extractor"], as: (any RecordExtractor).self) ?? DpathExtractor.whole
    decoder = extractor.downloadDecoder ?? decoder
    return try SimpleRetriever(
      requester: try requester(decoder), selector: RecordSelector(extractor: extractor, at: node.node, in: inner),
      paginator: paginator, decoder: decoder, in: inner)
  }

  /// A whole number or a template for one; nil if it is absent.
  private static func number(_ property: String, of node: ComponentNode, _ evaluation: EvaluationContext) throws -> Int? {
    guard let value = node[property], value.int != 0, value.string != "" else { return nil }
    let number = try value.int ?? InterpolatedString(value, parameters: [:]).evaluate(evaluation).wholeNumber
    guard let number, abs(number) <= 1_000_000_000 else {
      throw node.mismatch(property, "a whole number", value)
    }
    return number
  }

  package func casting(to schema: JSONObject) throws -> any Retriever {
    var retriever = self
    retriever.selector = try selector.casting(to: schema)
    return retriever
  }

  /// The cursor that hands slices out when their jobs are done.
  package func cursor(over cursor: any Cursor) -> any Cursor { AsyncJobCursor(cursor, rules) }

  package func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws {
    if slice.job == nil {
      // Read outside of a stream: the job is created here.
      struct Enough: Error {}
      do {
        try await cursor(over: FinalStateCursor(router: nil)).slices { slice in
          guard try await fetch(slice, body) else { throw Enough() }
        }
      } catch is Enough {}
    } else {
      _ = try await fetch(slice, body)
    }
  }

  /// - Returns: whether `body` wants more.
  private func fetch(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws -> Bool {
    guard let job = slice.job else { return true }
    let wantsMore = try await rules.repository.fetch(job) { page in
      var records = page.records
      if let failure = await selector.refined(&records, slice) {
        if !records.isEmpty, try await !body(Page(records: records)) { return false }
        throw failure
      }
      return try await body(Page(records: records))
    }
    // A job whose records were not all needed is left to the API.
    if wantsMore { try await rules.repository.delete(job) }
    return wantsMore
  }
}
