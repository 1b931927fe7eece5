import JSON
import Testing

/// `interpolate`: one template, or a file of cases.
@Suite struct InterpolateTests {
  private static let context = #"{"config": {"shelves": 2}, "record": {"tags": ["a", "b"]}}"#

  @Test(arguments: [
    ("{{ config.shelves + 1 }}", "3"), ("{{ record.tags }}", #"["a","b"]"#), ("plain", #""plain""#),
    ("{{ config.shelves == 2 }}", "true"), ("n{{ config.shelves }}", #""n2""#),
  ])
  func aTemplateGivesATypedValue(template: String, value: String) async throws {
    let folder = try Folder()
    try folder.write("vars.json", Self.context)
    let run = try await Tool.run(["interpolate", template, "--context", "vars.json"], in: folder)
    #expect(run.stdout == value + "\n")
    #expect(run.stderr.isEmpty)
    #expect(run.status == 0)
    let piped = try await Tool.run(["interpolate", template, "--context", "-"], in: folder, stdin: Self.context)
    #expect(piped.stdout == run.stdout)
  }

  @Test func aConfigNeedsNoContext() async throws {
    let folder = try Folder()
    try folder.write("c.json", #"{"shelves": 2}"#)
    let run = try await Tool.run(["interpolate", "{{ config.shelves }}", "-c", "c.json"], in: folder)
    #expect((run.stdout, run.stderr, run.status) == ("2\n", "", 0))
    let mistaken = try await Tool.run(["interpolate", "{{ config.shelves }}", "--context", "c.json"], in: folder)
    #expect(mistaken.stdout == "\"\"\n")
    #expect(mistaken.stderr.hasPrefix("note: no key of c.json is a variable of templates (config, "), "\(mistaken.stderr)")
    #expect(mistaken.stderr.hasSuffix("Is it a config? Give it as --config.\n"), "\(mistaken.stderr)")
  }

  @Test(arguments: [
    ("{{ format_datetme('2025-01-01', '%Y') }}", "; did you mean `format_datetime` for `format_datetme`?"),
    ("{{ 'a' | hsh }}", "; did you mean `hash`?"), ("{{ confg.a.b }}", "; did you mean `config` for `confg`?"),
    ("{% if true %}", "; close it with `{% endif %}`"),
  ])
  func whatIsMeantIsSuggested(template: String, remedy: String) async throws {
    let run = try await Tool.run(["interpolate", template], in: Folder())
    #expect(run.stderr.hasSuffix("\(remedy)\n"), "\(run.stderr)")
    #expect(run.status == 1)
  }

  @Test(arguments: [
    (
      ["{{ config.a + }}"],
      "error: The template `{{ config.a + }}` is not valid: Expected an expression, found }}; something is missing before it\n"
    ),
    (
      ["{{ config.a.b }}"],
      "error: The template `{{ config.a.b }}` could not be evaluated: 'config.a' is undefined\n"
    ),
    (["{{ 1 / 0 }}"], "error: The template `{{ 1 / 0 }}` could not be evaluated: '/' divides by zero\n"),
    (["x", "--context", "vars.json"], "error: The context vars.json does not exist\n"),
    (["x", "--context", "list.json"], "error: The context list.json should hold a JSON object, but holds a list\n"),
    (
      ["x", "--context", "broken.json"],
      "error: broken.json:2:1: The context broken.json is not valid JSON: expected a value\n"
    ),
    (["--batch", "."], "error: The batch . is a folder; it should be a file\n"),
  ])
  func whatIsWrongIsSaid(arguments: [String], sentence: String) async throws {
    let folder = try Folder()
    try folder.write("list.json", "[]")
    try folder.write("broken.json", "{\"a\":\n}")
    let run = try await Tool.run(["interpolate"] + arguments, in: folder)
    #expect(run.stderr == sentence)
    #expect(run.stdout.isEmpty)
    #expect(run.status == 1)
  }

  @Test func eachCaseOfABatchHasItsAnswer() async throws {
    let batch = """
      {"template": "{{ a }}", "context": {"a": [1]}}
      {"template": 3}

      nonsense
      {"template": "{{ 1 / 0 }}"}
      {"template": "{{ a }}", "context": 3}
      {"template": "{{ config.b }}", "context": {"config": {"b": "ß"}}}
      """
    let run = try await Tool.run(["interpolate", "--batch", "-"], in: Folder(), stdin: batch)
    #expect(
      run.stdout == """
        {"value":[1]}
        {"error":"A case needs a `template` that is a string"}
        {"error":"The case is not valid JSON: expected a value (null, true and false are the only bare words) (column 1)"}
        {"error":"The template `{{ 1 / 0 }}` could not be evaluated: '/' divides by zero"}
        {"error":"The `context` of a case should be an object"}
        {"value":"ß"}

        """)
    #expect(run.status == 0)
  }

  @Test(arguments: [
    (["{{ config.none }}"], "\"\""), (["{{ 'no' }}", "--as", "boolean"], "true"),
    (["{{ config.a.b }}", "--as", "boolean"], "false"),
    (["{q: '{{ 1 + 1 }}', r: x}", "--as", "mapping"], #"{"q":2,"r":"x"}"#),
    (["{q: ['{{ 1 + 1 }}', '{{ none }}'], r: '{{ none }}'}", "--as", "nested"], #"{"q":[2,null]}"#),
  ])
  func aTemplateIsEvaluatedAsItsPlaceDoes(arguments: [String], value: String) async throws {
    let run = try await Tool.run(["interpolate"] + arguments, in: Folder())
    #expect((run.stdout, run.stderr) == (value + "\n", ""))
  }

  @Test func aPlaceOfTheManifestIsEvaluated() async throws {
    let connection = try Connection(config: ["base_url": "http://shop", "token": "s3cret-token"])
    let path = "streams[ok].retriever.requester.url_base"
    let run = try await connection.run("interpolate", "--place", path, "--config", "config.json")
    #expect((run.stdout, run.stderr, run.status) == ("\"http://shop\"\n", "", 0))
    let other = try await connection.run(
      "interpolate", "{{ config.base_url }}/{{ parameters.x }}", "--place", path, "--config", "config.json", "--manifest", ".")
    #expect((other.stdout, other.stderr) == ("\"http://shop/\"\n", ""))
    let without = try await connection.run("interpolate", "{{ config.base_url is defined }}", "--place", path)
    #expect(without.stdout == "true\n")
    #expect(without.stderr == "note: the config is made up from the manifest's spec; --config gives one.\n")
    try connection.folder.write("vars.json", #"{"record": {"id": 1}}"#)
    let stranger = try await connection.run("interpolate", "x", "--place", path, "-c", "config.json", "--context", "vars.json")
    #expect(stranger.stdout == "\"x\"\n")
    #expect(stranger.stderr.hasPrefix("note: templates do not have `record` at this place"), "\(stranger.stderr)")
    let nowhere = try await connection.run("interpolate", "--place", "streams[ok].retreiver", "-c", "config.json")
    #expect(nowhere.stderr == "error: There is no `retreiver` in `streams[0]`; did you mean `retriever`?\n")
    #expect(nowhere.status == 1)
    try connection.folder.write("broken.yaml", "streams: [")
    let broken = try await connection.run("interpolate", "--place", path, "-c", "config.json", "-m", "broken.yaml")
    #expect(broken.stderr.hasPrefix("broken.yaml:2:1: error: "), "\(broken.stderr)")
    #expect(broken.status == 1)
  }
}
