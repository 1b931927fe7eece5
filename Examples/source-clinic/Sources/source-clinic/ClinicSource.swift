import LowCode

/// Reads a clinic's API, whose pages a manifest cannot walk through: see ``Tickets``.
@main
struct ClinicSource: HTTPSource {
  static let specification: JSONObject = [
    "type": "object",
    "title": "The clinic",
    "required": ["url", "key"],
    "properties": [
      "url": ["type": "string", "title": "Address", "examples": ["https://clinic.example.com"]],
      "key": ["type": "string", "title": "Key", "airbyte_secret": true],
    ],
  ]

  let api: WebAPI

  init(config: JSONObject, runtime: RuntimeEnvironment) throws {
    api = WebAPI(
      config["url"]?.string ?? "", headers: [("X-Clinic-Key", config["key"]?.string ?? "")], runtime: runtime)
  }

  static func main() { SourceProgram<ClinicSource>.main() }

  var streams: [any SourceStream] { [Visits(api: api), Doctors(api: api)] }
}
