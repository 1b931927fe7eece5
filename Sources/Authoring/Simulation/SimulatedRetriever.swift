import Components
import ConnectorModel
import JSON
import Manifest
import Synchronization
import Traffic

/// Stands in for `SimpleRetriever` in a simulation: asks as the manifest says, page after page, and gives made-up records instead of
/// looking into answers.
struct SimulatedRetriever: Component, Retriever {
  /// Where the content of answers matters, the retriever is the real one.
  private enum Kind: Sendable {
    case real(SimpleRetriever)
    case simulated(Reading)
  }

  private let kind: Kind

  init(from node: ComponentNode, in scope: BuildScope) throws {
    guard let simulation = SimulationState.current, !Self.isBesideRecords(node.node.path) else {
      kind = .real(try SimpleRetriever(from: node, in: scope))
      return
    }
    kind = .simulated(try Reading(from: node, in: scope, simulation))
  }

  /// Whether something is made of the records other than records.
  private static func isBesideRecords(_ path: String) -> Bool {
    ["components_resolver", "schema_loader", "property_list", "query_properties", "fetch_properties_from_endpoint"].contains {
      path.contains($0)
    }
  }

  static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? {
    SimpleRetriever.partScope(of: node, in: scope)
  }

  var canReadAhead: Bool { true }

  func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws {
    switch kind {
    case .real(let retriever): try await retriever.read(slice, body)
    case .simulated(let reading): try await reading.read(slice, body)
    }
  }

  func casting(to schema: JSONObject) throws -> any Retriever {
    if case .real(let retriever) = kind { return try retriever.casting(to: schema) }
    return self
  }
}

extension SimulatedRetriever {
  /// The pages of a stream.
  final class Reading: Sendable {
    private let requester: any Requester
    private let paginator: any Paginator
    private let hasPages: Bool
    private let options: any RequestOptionsProvider
    private let queryProperties: QueryProperties?
    private let ignoresSliceOnLaterPages: Bool
    private let records: MadeUpRecords
    private let name: String
    private let isParent: Bool
    private let simulation: SimulationState
    /// How many slices were begun.
    private let begun = Atomic<Int>(0)
    /// The records of full pages, where all pages may be the same.
    private let samePages = Mutex<[Int: [Record]]>([:])

    init(from node: ComponentNode, in scope: BuildScope, _ simulation: SimulationState) throws {
      self.simulation = simulation
      name = scope.streamName
      isParent = node.node.path.contains("partition_router")
      let decoder: (any Decoder)? = try scope.build(optional: node["decoder"])
      let requesterNode = try node.required("requester")
      requester = try scope.entering(
        ExchangeScope(decoder: decoder, reception: .memory, keepsResponses: scope.stream.isParent)
      ).build(requesterNode)
      simulation.simulates(requesterNode.path)
      paginator =
        try scope.entering(ExchangeScope(decoder: decoder)).build(optional: node["paginator"], as: (any Paginator).self)
        ?? OnePage()
      hasPages = node["paginator"].map { $0["type"]?.string != "NoPagination" } ?? false
      options = scope.reading.requestOptions
      queryProperties = try QueryProperties.make(from: requesterNode, in: scope)
      ignoresSliceOnLaterPages = try node.bool("ignore_stream_slicer_parameters_on_paginated_requests", default: false)
      let stream = scope.run.manifest?.descendant(node.node.elements.dropLast())
      records = MadeUpRecords(stream: stream, needs: simulation.needs[name] ?? [], in: scope)
    }

    func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws {
      let number = begun.add(1, ordering: .relaxed).oldValue
      if simulation.isCounting {
        guard isParent else { return }
        simulation.gaveRecord(of: name)
        _ = try await body(Page(records: records.records(from: number, 1)))
        return
      }
      let total = Double(simulation.settings.records(of: name))
      let slices = max(simulation.slices[name] ?? 1, 1)
      func share(_ number: Int) -> Int { Int((min(Double(number), slices) / slices * total).rounded(.down)) }
      let (first, end) = (share(number), share(number + 1))
      if !isParent { simulation.change(name) { $0.slices += 1 } }
      try await readPages(of: slice, first, end, body)
    }

    private func readPages(
      of slice: StreamSlice, _ first: Int, _ end: Int, _ body: (Page) async throws -> Bool
    ) async throws {
      let size = try await paginator.pageSize()
      let chunks = try await queryProperties?.chunks()
      var token = try await paginator.initialToken
      var position = first
      var page = 0
      while true {
        let count = !hasPages ? end - position : min(size ?? simulation.settings.pageSize, end - position)
        var last: HTTPResponse?
        for chunk in chunks.map({ $0.map(Optional.some) }) ?? [nil] {
          let asked = chunk.map { slice.asking(for: $0) } ?? slice
          var parts = try await paginator.requestParts(token: token, pageSize: nil)
          if token == nil || !ignoresSliceOnLaterPages { try parts.merge(await options.requestParts(for: asked, token: token)) }
          last = try await requester.send(asked, token: token, path: paginator.path(for: token), adding: parts)
        }
        page += 1
        guard let response = last else { return }
        guard response.isSuccess else {
          simulation.change(name) {
            if $0.failure == nil { $0.failure = "the made-up API answers with HTTP status \(response.status)" }
          }
          return
        }
        if !isParent {
          simulation.change(name) { measure in
            measure.pages += 1
            measure.records += count
          }
          simulation.meter?.read(in: simulation)
        }
        guard try await body(Page(records: made(from: position, count))) else { return }
        position += count
        guard let next = try await next(after: response, slice, page, count, isLast: position >= end, token) else { return }
        token = next
      }
    }

    private func made(from position: Int, _ count: Int) -> [Record] {
      // Only what is made of a parent's records needs to be another thing each time.
      if isParent, records.areDistinct { return records.records(from: position, count) }
      return samePages.withLock { pages in
        if let known = pages[count] { return known }
        let made = records.records(from: 0, count)
        pages[count] = made
        return made
      }
    }

    /// The token of the next page: what a strategy counts itself it decides itself, else a page leads to the next until the last one.
    private func next(
      after response: HTTPResponse, _ slice: StreamSlice, _ page: Int, _ count: Int, isLast: Bool, _ token: PageToken?
    ) async throws -> PageToken? {
      if paginator.tokensAreCounted {
        // Behind an empty page there is none, whatever a strategy without a size thinks.
        if count == 0 { return nil }
        return try await paginator.nextToken(
          after: PageResult(
            response: response, recordCount: count, extractedCount: count, slice: slice, isFirst: page == 1), lastToken: token)
      }
      if isLast || !hasPages { return nil }
      let mark = PageToken(json: .string("page-\(page + 1)"))
      guard paginator.path(for: mark) != nil else { return mark }
      var url = RequestURL(response.request?.url ?? response.url)
      let rest = QueryText(url.query ?? "").removing(["simulated_page"])
      url.query = Substring((rest.isEmpty ? "" : rest + "&") + "simulated_page=\(page + 1)")
      return PageToken(json: .string(url.description))
    }
  }
}

/// Asks for no further page.
private struct OnePage: Paginator {
  func nextToken(after page: PageResult, lastToken: PageToken?) -> PageToken? { nil }
}
