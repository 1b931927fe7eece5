import JSON

/// Whether a parameter takes a value.
struct ValueCheck {
  let reader: SchemaReader

  /// - Returns: what is wrong with the value, as a clause; nil if nothing is.
  func fault(of value: JSONValue, for schema: DocumentNode) -> String? {
    fault(of: value, reader.shape(schema), depth: 0)
  }

  private func fault(of value: JSONValue, _ shape: SchemaShape, depth: Int) -> String? {
    guard depth < 4, value.array == nil, value.object == nil, !value.isNull else { return nil }
    if !shape.alternatives.isEmpty {
      let faults = shape.alternatives.map { fault(of: value, reader.shape($0), depth: depth + 1) }
      return faults.contains(where: { $0 == nil }) ? nil : faults.compactMap { $0 }.first
    }
    let text = value.string ?? value.jsonText
    if shape.isArray {
      guard let items = shape.items.map({ reader.shape($0) }) else { return nil }
      for part in text.split(whereSeparator: { ", |".contains($0) }) {
        if let fault = fault(of: .string(String(part)), items, depth: depth + 1) { return fault }
      }
      return nil
    }
    let choices = shape.choices.filter { !$0.isNull }.map { $0.string ?? $0.jsonText }
    if !choices.isEmpty {
      guard !choices.contains(text) else { return nil }
      let shown = choices.prefix(8).map { "`\($0)`" }.joined(separator: ", ") + (choices.count > 8 ? ", …" : "")
      return "it is one of \(shown)"
    }
    let types = Set(shape.types)
    if types.contains("string") { return formatFault(of: text, shape.format) }
    if types.contains("boolean"), ["true", "false"].contains(text.lowercased()) { return nil }
    if types == ["boolean"] { return "it is true or false" }
    let isWhole = Int(text) != nil || Double(text).flatMap { Int(exactly: $0) } != nil
    if types.contains("integer"), !types.contains("number"), !isWhole { return "it is a whole number" }
    if types.contains("number") || types.contains("integer") {
      guard let number = Double(text) else { return "it is a number" }
      if let minimum = shape.minimum, number < minimum { return "it is at least \(Self.plain(minimum))" }
      if let maximum = shape.maximum, number > maximum { return "it is at most \(Self.plain(maximum))" }
    }
    return nil
  }

  private func formatFault(of text: String, _ format: String?) -> String? {
    let form = String(text.map { $0.isNumber ? "0" : $0 })
    switch format?.lowercased() {
    case "date"?: return form == "0000-00-00" ? nil : "it is a date such as 2026-01-31"
    case "date-time"?: return form.hasPrefix("0000-00-00") && form.count > 10 ? nil : "it is a time such as 2026-01-31T12:00:00Z"
    default: return nil
    }
  }

  static func plain(_ number: Double) -> String { Int(exactly: number).map { String($0) } ?? String(number) }
}
