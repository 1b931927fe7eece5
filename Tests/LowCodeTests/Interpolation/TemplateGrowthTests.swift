import BigInt
import Foundation
import JSON
import Testing

@testable import Jinja
@testable import Templating

/// All that templates can use counts steps as its input grows, and no more than its input grows: what asks for too much is stopped
/// before it has taken long. `Fixtures/growth.txt` names each; what is missing there fails.
@Suite struct TemplateGrowthTests {
  /// One line of the table.
  struct Entry: Sendable, CustomTestStringConvertible {
    let kind: String
    let name: String
    let isLinear: Bool
    let expression: String

    var testDescription: String { "\(kind) \(name): \(expression)" }

    static let all: [Entry] = {
      let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/growth.txt")
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
        let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
        guard parts.count == 4 else { return nil }
        return Entry(kind: parts[0], name: parts[1], isLinear: parts[2] == "linear", expression: parts[3])
      }
    }()

    static func names(_ kind: String) -> Set<String> { Set(all.filter { $0.kind == kind }.map(\.name)) }
  }

  @Test func namesAllThereIs() {
    let environment = Environment.lowCode
    #expect(Entry.names("filter") == Set(environment.filters.keys))
    #expect(Entry.names("test") == Set(environment.tests.keys))
    #expect(Entry.names("global") == Set(environment.globals.keys))
    #expect(Entry.names("str") == Set(StringMethod.allCases.map(\.rawValue)))
    #expect(Entry.names("list") == Set(ListMethod.allCases.map(\.rawValue)))
    #expect(Entry.names("tuple") == Set(TupleMethod.allCases.map(\.rawValue)))
    #expect(Entry.names("dict") == Set(DictMethod.allCases.map(\.rawValue)))
    #expect(Entry.names("bytes") == Set(BytesMethod.allCases.map(\.rawValue)))
    #expect(Entry.names("number") == Set(NumberMethod.allCases.map(\.rawValue)))
    #expect(Entry.names("time") == Set(TimeMember.allCases.map(\.rawValue)))
  }

  private static let small = 24_000
  private static let factor = 4
  private static let contexts = [small: context(small), small * factor: context(small * factor)]

  private static func context(_ size: Int) -> Context {
    let count = size / 8
    let text = String(repeating: "ab Cd-e ", count: count)
    func members() -> Value {
      Value(JSONValue.object(JSONObject(uniqueKeysWithValues: (0..<count).map { ("k\($0)", .int($0)) })))
    }
    func list() -> Value { Value(JSONValue.array((0..<count).map { .int($0) })) }
    // Texts and lists of their own, which nothing can tell to be the same at a glance.
    return [
      "t": .string(text), "u": .string(text + ""), "a": .string(String(repeating: "a", count: size)),
      "digits": .string(String(repeating: "7", count: size)), "l": list(), "m": list(), "size": .int(count),
      "s": Value(JSONValue.array((0..<count).map { .string("v\($0)") })), "d": members(), "e": members(),
      "r": Value(JSONValue.array((0..<count).map { .object(["k": .int($0), "v": .string("x")]) })),
      "b64": .string(Base64Text.encode(text)),
    ]
  }

  /// The steps of a template; throws what it throws.
  private func steps(_ source: String, _ size: Int, limits: Limits = .standard) throws -> Int {
    var environment = Environment.lowCode
    environment.limits = limits
    let template = try Template(source, environment: environment)
    var evaluation = template.evaluation(try #require(Self.contexts[size]))
    _ = try template.render(&evaluation)
    return evaluation.stepsTaken
  }

  private func source(_ entry: Entry) -> (copies: String, all: String) {
    let copies = "{% set o = l|list %}{% set q = dict(d) %}"
    let isOnCopy = ["list", "dict"].contains(entry.kind)
    return (isOnCopy ? copies : "", (isOnCopy ? copies : "") + "{% set x = \(entry.expression) %}")
  }

  @Test(arguments: Entry.all)
  func countsWhatItDoes(_ entry: Entry) throws {
    let (copies, all) = source(entry)
    func taken(_ size: Int) throws -> Int { try steps(all, size) - (copies.isEmpty ? 0 : try steps(copies, size)) }
    let few = try taken(Self.small)
    let many = try taken(Self.small * Self.factor)
    guard entry.isLinear else {
      #expect(many <= few + 20)
      return
    }
    #expect(many >= few * 2, "\(few) steps become \(many): what it does is not counted")
    #expect(many <= few * (Self.factor + 1) + 20, "\(few) steps become \(many), more than its input grew")
  }

  @Test(arguments: Entry.all.filter(\.isLinear))
  func isStoppedAtTheLimit(_ entry: Entry) throws {
    let (copies, all) = source(entry)
    let size = Self.small * Self.factor
    let allowed = try steps(copies + "{% set x = 1 %}", size) + 12
    let error = #expect(throws: TemplateError.self) { try steps(all, size, limits: Limits(steps: allowed)) }
    #expect(error?.kind == .limit)
  }

  /// A template of some 100 bytes makes no more than what it is allowed to.
  @Test(arguments: [
    "{{ (('x' * 16000000).split('x'))|length }}", "{{ ('x ' * 8000000).split()|length }}",
    "{{ ('\\n' * 16000000).splitlines()|length }}", "{{ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x }}",
    "{{ {'a': {'b': {'c': 1}}}|tojson('x' * 9000000) }}", "{{ [[[[[1] * 1000] * 1000] * 1000] * 1000] }}",
    "{{ {'k' * 9000000: [1, 2, 3, 4] * 30}|pprint }}", "{{ ('<' * 9000000)|forceescape }}", "{{ ('%' * 9000000)|urlencode }}",
    "{{ sanitize_url('/' * 9000000) }}", "{{ ((x|list) ~ '')|list }}",
    "{{ [x, x, x]|tojson }}", "{{ [x, x, x] }}", "{{ [x, x, x]|join }}", "{{ ','.join([x, x, x]) }}",
    "{{ '%s%s%s' % (x, x, x) }}",
    "{{ '{0}{0}{0}'.format(x) }}", "{{ {'a': x, 'b': x, 'c': x}|xmlattr }}", "{{ {'a': x, 'b': x, 'c': x}|urlencode }}",
    "{{ x|replace('a', 'bbbb') }}", "{{ x|wordwrap(1) }}", "{{ x|regex_replace('a', 'bbbb') }}", "{{ x|batch(1)|list }}",
  ])
  func makesNoMoreThanAllowed(_ source: String) throws {
    let context: Context = ["x": .string(String(repeating: "a", count: 7_000_000))]
    do throws(TemplateError) {
      _ = try Template(source, environment: .lowCode).render(context)
      Issue.record("It is let pass.")
    } catch {
      #expect(error.kind == .limit)
    }
  }

  /// Digits beyond those that Python reads are not read one by one.
  @Test func longDigitsAreNoInteger() {
    let digits = String(repeating: "f", count: 500_000)
    #expect(PythonLiteral.evaluate("0x" + digits) == nil)
    let number = Value(JSONValue.number(String(repeating: "7", count: 200_000)))
    #expect(number.typeName == "float")
  }

  /// A name costs a look-up, and not a walk through all characters.
  @Test func namedCharactersAreLookedUp() {
    let text = "'" + String(repeating: #"\N{BULLET}\N{latin small letter sharp s}"#, count: 2_000) + "'"
    #expect(PythonLiteral.evaluate(text)?.text == String(repeating: "•ß", count: 2_000))
  }
}
