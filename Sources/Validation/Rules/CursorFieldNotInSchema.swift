import Components
import Manifest

/// A cursor field that the schema does not have may be dropped by destinations, or be misspelt.
struct CursorFieldNotInSchema: Rule {
  static let name = "cursor-field-not-in-schema"
  static let summary = "The schema of a stream does not have its cursor field."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for stream in subject.components("DeclarativeStream") {
      guard let cursor = stream["incremental_sync"], cursor["type"]?.string?.hasPrefix("Custom") == false,
        let field = cursor["cursor_field"], let name = field.string
      else { continue }
      stream.warnOfMissing([name], "is the cursor field", at: field, &findings)
    }
  }
}
