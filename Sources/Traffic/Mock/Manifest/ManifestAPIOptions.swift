/// How much a made-up API has, and how it looks.
package struct ManifestAPIOptions: Sendable {
  /// What the values of records are made from.
  package var seed = 0
  /// How many pages each request has; nil for ``usualPages``, and for one where they would be many records.
  package var pages: Int?
  package var usualPages = 2
  /// How many records a page has whose size nothing else determines; nil for ``usualRecords``, and for one where a stream's
  /// descendants would ask too often.
  package var records: Int?
  package static let usualRecords = 3
  /// Whether the config is the user's, so that credentials have to be the config's.
  package var knowsCredentials = false

  package init() {}

  /// - Parameters: nil for what is usual.
  package init(seed: Int?, pages: Int?, records: Int?, knowsCredentials: Bool) {
    self.init()
    self.seed = seed ?? self.seed
    self.pages = pages
    self.records = records
    self.knowsCredentials = knowsCredentials
  }
}
