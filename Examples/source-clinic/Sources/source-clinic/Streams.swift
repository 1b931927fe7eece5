import LowCode

/// The visits, which change: read incrementally by the time of their last change.
struct Visits: SourceStream {
  let api: WebAPI
  let name = "visits"
  let primaryKey = ["id"]
  let cursorField: String? = "changed_at"
  let schema: JSONObject = [
    "type": "object",
    "properties": [
      "id": ["type": "integer"], "patient": ["type": "string"], "changed_at": ["type": "string", "format": "date-time"],
    ],
  ]

  func read(from state: JSONObject?, to output: StreamOutput) async throws {
    var cursor = HighestValue(of: "changed_at", from: state)
    let since = cursor.parameter.map { [("since", $0)] } ?? []
    for try await page in api.pages("visits", since, by: Tickets()) {
      for visit in page.records("visits") where cursor.isNew(visit) { try await output.record(visit) }
    }
    // Pages come in no order, so that a state holds behind the last one only.
    try await output.state(cursor.state)
  }
}

/// The doctors, a short list with numbered pages.
struct Doctors: SourceStream {
  let api: WebAPI
  let name = "doctors"
  let primaryKey = ["name"]
  let schema: JSONObject = ["type": "object", "properties": ["name": ["type": "string"], "ward": ["type": "integer"]]]

  func read(from state: JSONObject?, to output: StreamOutput) async throws {
    for try await page in api.pages("doctors", by: PageNumbers("page", size: 2)) {
      for doctor in page.records() { try await output.record(doctor) }
    }
  }
}
