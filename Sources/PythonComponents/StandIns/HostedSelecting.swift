import ConnectorModel
import JSON

/// `CustomRecordExtractor`: finds the records in a response, whose body it decodes itself.
struct HostedExtractor: RecordExtractor, ResponseExtractor {
  private let steps: HostedSteps

  init(_ component: HostedComponent) { steps = HostedSteps(extractor: component) }

  private init(_ steps: HostedSteps) { self.steps = steps }

  var ofResponses: (any ResponseExtractor)? { self }

  func records(of response: HTTPResponse, slice: StreamSlice, _ take: (ExtractedPart) async throws -> Bool) async throws {
    try await steps.records(of: response, slice: slice, take)
  }

  func joining(_ step: any PageStep) -> (any ResponseExtractor)? { steps.appending(step).map(HostedExtractor.init) }
}

/// `CustomRecordFilter`: keeps some of a page's records.
struct HostedFilter: RecordCondition {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  var pageStep: (any PageStep)? { HostedSteps("filter", component, method: "filter_records") }

  func keeps(_ record: Record, slice: StreamSlice) throws -> Bool { true }
}

/// `CustomTransformation`: changes records.
struct HostedTransformation: RecordTransformation {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  var pageStep: (any PageStep)? { HostedSteps("transform", component, method: "transform") }

  func transform(_ record: inout Record, slice: StreamSlice) throws {}
}

/// `CustomSchemaNormalization`: brings values into the types of the stream's schema.
struct HostedSchemaNormalization: SchemaNormalization {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func pageStep(to schema: JSONObject) -> (any PageStep)? {
    HostedSteps("normalize", component, method: "transform", schema: schema)
  }

  func normalize(_ record: inout Record, to schema: JSONObject) throws {}
}
