/// Something beside a manifest that it is checked against, such as a document that describes its API. What it finds are warnings
/// of ``RuleCatalog/ofCompanions``.
package protocol ManifestCompanion: Sendable {
  func check(_ subject: Subject, _ findings: inout FindingList)
}
