import Components
import JSON
import JSONSchema
import Manifest
import PythonTime
import Templating

/// A cursor that cannot read its own start date fails before the first request.
struct DateFormatMismatch: Rule {
  static let name = "date-format-mismatch"
  static let summary = "A cursor's start or end date is not in the format that it is read by."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for cursor in subject.components("DatetimeBasedCursor") {
      guard let format = cursor["datetime_format"], let inherited = format.string else { continue }
      for property in ["start_datetime", "end_datetime"] {
        guard let value = cursor[property], let date = value.isMapping ? value["datetime"] : value, let text = date.string
        else {
          continue
        }
        let own = value["datetime_format"].flatMap { $0.string?.isEmpty == false ? $0 : nil }
        check(date, text, own ?? format, own?.string ?? inherited, subject, &findings)
      }
    }
  }

  private func check(
    _ date: ManifestNode, _ text: String, _ format: ManifestNode, _ directives: String, _ subject: Subject,
    _ findings: inout FindingList
  ) {
    guard !directives.isEmpty, !directives.contains("{"), !text.isEmpty else { return }
    let related = [Diagnostic.Related("the format", at: format.mark)]
    if !text.contains("{") {
      guard !parses(text, directives) else { return }
      return findings.warn("the date `\(text)` is not in the format `\(directives)`", at: date, related: related)
    }
    guard let key = ConfigReads.only(text), let property = subject.specification?["properties"]?[key],
      let example = example(of: property),
      !parses(example, directives)
    else { return }
    findings.warn(
      "the spec asks for dates such as `\(example)` in `\(key)`, which are not in the format `\(directives)`", at: date,
      related: related + [.init("the field of the spec", at: property.keyMark)])
  }

  private func parses(_ text: String, _ format: String) -> Bool {
    (try? DatetimeParser(format: format).parse(text)) != nil
  }

  /// A date that the spec says it expects; nil if it says nothing about its form.
  private func example(of property: ManifestNode) -> String? {
    if let pattern = property["pattern"]?.string {
      let schema = try? JSONSchema(compiling: ["pattern": .string(pattern)])
      let dates = ["2024-01-01T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00.000Z"]
      let fitting = dates.filter { schema?.isValid(.string($0)) ?? false }
      return fitting.count == 1 ? fitting[0] : nil
    }
    return property["examples"]?.sequence?.first?.string ?? property["default"]?.string
  }
}
