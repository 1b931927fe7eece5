import LowCode
import YAML

/// Names that earlier versions of the manifest language had.
struct RenamedName: Rule {
  static let name = "renamed-name"
  static let summary = "A property has the name that it had in an earlier version."

  /// By type and former name, the present name.
  static let properties: [String: [String: String]] = [
    "CursorPagination": ["cursor": "cursor_value"],
    "DatetimeBasedCursor": [
      "stream_state_field_start": "partition_field_start", "stream_state_field_end": "partition_field_end",
      "stream_slice_field_start": "partition_field_start", "stream_slice_field_end": "partition_field_end",
    ],
    "DeclarativeStream": ["stream_primary_key": "primary_key"],
    "DefaultPaginator": ["limit_option": "page_size_option"],
    "ListPartitionRouter": ["slice_values": "values", "stream_slice_field": "cursor_field"],
    "ParentStreamConfig": ["stream_slice_field": "partition_field"],
    "RecordSelector": ["filter": "record_filter"],
  ]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let file = subject.written.mark?.file else { return }
    for visit in subject.components {
      for (key, value) in visit.node.entries ?? [] {
        guard visit.properties[key] == nil, let present = Self.properties[visit.type]?[key], visit.node[present] == nil,
          let mark = value.keyMark, mark.file === file
        else { continue }
        let range = subject.text?.range(of: key, at: mark)
        findings.warn(
          "`\(key)` of `\(visit.type)` is called `\(present)` now, and is not read", at: value, mark: mark,
          remedy: "write `\(present)`", fix: range.map { [TextEdit($0, present)] } ?? [])
      }
    }
  }

  /// Whether a key is a former name, which this rule speaks of.
  static func isFormer(_ key: String, of type: String) -> Bool { properties[type]?[key] != nil }
}
