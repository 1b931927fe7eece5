import BigInt
import Foundation
import JSON
import PythonTime

@testable import Jinja

/// What the reference answered to a template.
struct RecordedCase: Sendable, CustomStringConvertible {
  let section: String
  let template: String
  let text: String?
  let error: String?
  let names: [String]?

  var description: String { template }
}

enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func json(_ name: String) -> JSONValue {
    guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return .null }
    return (try? JSONValue(parsing: data)) ?? .null
  }

  static let cases: [RecordedCase] = {
    guard case .object(let sections) = json("expected.json") else { return [] }
    var cases: [RecordedCase] = []
    for (section, value) in sections {
      guard case .array(let items) = value else { continue }
      for case .object(let item) in items {
        guard case .string(let template)? = item["template"] else { continue }
        var names: [String]?
        if case .array(let listed)? = item["names"] {
          names = listed.compactMap { if case .string(let name) = $0 { name } else { nil } }
        }
        cases.append(
          RecordedCase(
            section: section, template: template, text: string(item["text"]), error: string(item["error"]), names: names))
      }
    }
    return cases
  }()

  private static func string(_ value: JSONValue?) -> String? {
    if case .string(let text)? = value { text } else { nil }
  }

  /// The variables of the recorded cases; containers are read where they lie, or made anew.
  static func context(lazily: Bool) throws -> Context {
    let data = try Data(contentsOf: folder.appending(path: "context.json"))
    var context = Context()
    if lazily {
      try JSONDocument(parsing: JSONBytes(data)).root.forEachMember { context[Symbol($0)] = Value($1) }
    } else if case .object(let members) = try JSONValue(parsing: data) {
      for (key, value) in members { context[Symbol(key)] = Value(value) }
    }
    context["moment"] = .datetime(
      try PyDateTime(year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 7, microsecond: 89, tz: .utc))
    context["naive"] = .datetime(try PyDateTime(year: 2021, month: 1, day: 2, hour: 3, minute: 4, second: 5))
    context["day"] = .date(try PyDate(year: 2024, month: 2, day: 29))
    context["span"] = .timedelta(try PyTimeDelta(totalMicroseconds: (26 * 3600 + 3) * 1_000_000))
    context["month"] = .duration(PyDuration(years: 0, months: 1))
    context["big"] = .bigInt(BigInt(1) << 70)
    return context
  }

  /// The text or the kind of error that a template gives, addresses in it made alike.
  static func answer(_ template: String, _ context: Context, _ environment: Environment = .standard) -> (String?, String?) {
    do throws(TemplateError) {
      let text = try Template(template, environment: environment).render(context)
      return (text.replacing(/0x[0-9a-f]{6,}/, with: "0x…"), nil)
    } catch {
      return (nil, error.kind.rawValue)
    }
  }
}
