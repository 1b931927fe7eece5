import JSON

/// Puts what a test read does, step by step, into slices and pages. As in the reference, a slice without any page is left out, and its
/// records, where it has some all the same, go to the next page.
struct TestReadGrouping: Sendable {
  private(set) var slices: [TestRead.Slice] = []
  private var pages: [TestRead.Page] = []
  private var exchange: TestRead.Exchange?
  private var records: [JSONObject] = []
  private var descriptor: JSONObject = [:]
  private var state: JSONObject?
  private var hasPage = false
  private var jobRequests: [TestRead.AuxiliaryRequest] = []
  /// How many slices began before there was a request about a job.
  private var slicesWithoutJobs = 0

  /// A slice begins.
  mutating func begin(_ descriptor: JSONObject) {
    if hasPage {
      closePage()
      closeSlice()
    }
    self.descriptor = descriptor
  }

  /// A page of the slice was answered.
  mutating func add(_ exchange: TestRead.Exchange) {
    if hasPage { closePage() }
    hasPage = true
    self.exchange = exchange
  }

  mutating func add(_ records: [JSONObject]) { self.records += records }

  mutating func add(ofJob request: TestRead.AuxiliaryRequest) { jobRequests.append(request) }

  mutating func keep(_ state: JSONObject) { self.state = state }

  /// Nothing more comes.
  mutating func finish() {
    if exchange != nil || !records.isEmpty {
      closePage()
      closeSlice()
    }
    // As in the reference, a slice shows the requests of all jobs.
    for place in slices.indices.dropFirst(slicesWithoutJobs) { slices[place].jobRequests = jobRequests }
  }

  private mutating func closePage() {
    pages.append(TestRead.Page(exchange: exchange, records: records))
    (exchange, records) = (nil, [])
  }

  private mutating func closeSlice() {
    if jobRequests.isEmpty { slicesWithoutJobs += 1 }
    slices.append(TestRead.Slice(descriptor: descriptor, pages: pages, state: state))
    (pages, hasPage) = ([], false)
  }
}
