import Testing

@testable import Jinja

/// Errors say what and where.
struct ErrorTests {
  private func error(_ source: String) throws -> TemplateError? {
    let context = try Fixture.context(lazily: true)
    do throws(TemplateError) {
      _ = try Template(source).render(context)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("a\n{{ x.y }}", "undefined", 2, 5),
    ("{{ 1 +\n 'a' }}", "type", 1, 6),
    ("\n\n{{ 1 / 0 }}", "zeroDivision", 3, 6),
    ("{{ 'a'|nofilter }}", "syntax", 1, 8),
    ("{{ (1 }}", "syntax", 1, 7),
    ("x{% foo %}", "syntax", 1, 5),
    ("{% if 1 %}\n", "syntax", 1, 11),
    ("{{ nums|first.upper() }}", "syntax", 1, 9),
    ("{% set x = 1 %}\n{{ record.a|int('x', 'y') }}", "type", 2, 13),
    ("{# never closed", "syntax", 1, 1),
    ("{{ 'a'.__class__.x }}", "security", 1, 17),
  ])
  func knowsItsPlace(_ source: String, _ kind: String, _ line: Int, _ column: Int) throws {
    let found = try #require(try error(source))
    #expect(found.kind.rawValue == kind)
    #expect(found.line == line)
    #expect(found.column == column)
    #expect(found.description.contains("line \(line), column \(column)"))
  }

  /// What tools read to find a remedy.
  @Test(
    arguments: [
      ("{{ 'a'|nofilter }}", .unknownFilter("nofilter")), ("{{ 1 is notest }}", .unknownTest("notest")),
      ("{% if 1 %}{% for x in y %}", .openTag("for")), ("{% if 1 %}{% for x in y %}{% endfor %}", .openTag("if")),
      ("{{ (1 }}", nil),
    ] as [(String, TemplateError.Cause?)])
  func saysItsCause(_ source: String, _ cause: TemplateError.Cause?) throws {
    #expect(try #require(try error(source)).cause == cause)
  }

  @Test(arguments: [
    ("{{ config.missing.deeper }}", "'config.missing' is undefined"),
    ("{{ config['missing'].deeper }}", "'config['missing']' is undefined"),
    ("{{ nums[99].x }}", "'nums[99]' is undefined"),
    ("{{ nothing.x }}", "'nothing' is undefined"),
  ])
  func namesWhatIsUndefined(_ source: String, _ message: String) throws {
    #expect(try error(source)?.message == message)
  }
}
