import ArgumentParser
import Traffic

/// The options of an API that is made up from the manifest.
struct MockOptions: ParsableArguments {
  @Flag(
    name: .customLong("mock"),
    help: """
      Answer all requests by an API made up from the manifest, in this process: nothing leaves the machine. Without --config the \
      config is made up too.
      """)
  var isMock = false

  @Option(
    name: .customLong("mock-seed"),
    help: ArgumentHelp("What the values of the mock's records are made from: another number gives others.", valueName: "number"))
  var seed: Int?

  @Option(
    name: .customLong("mock-pages"),
    help: ArgumentHelp("How many pages the mock has for each request that is paginated. By default 2.", valueName: "number"))
  var pages: Int?

  @Option(
    name: .customLong("mock-records"),
    help: ArgumentHelp(
      "How many records a page of the mock has where the manifest sets no size. By default 3.", valueName: "number"))
  var records: Int?

  func validate() throws {
    if !isMock, seed != nil || pages != nil || records != nil {
      throw ValidationError("--mock-seed, --mock-pages and --mock-records need --mock.")
    }
    try Self.check(pages, "--mock-pages")
    try Self.check(records, "--mock-records")
  }

  static func check(_ number: Int?, _ name: String) throws {
    if let number, !(1...100_000).contains(number) { throw ValidationError("\(name) should be a number from 1 to 100000.") }
  }

  func apiOptions(knowsCredentials: Bool) -> ManifestAPIOptions {
    ManifestAPIOptions(seed: seed, pages: pages, records: records, knowsCredentials: knowsCredentials)
  }
}
