import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import JSONSchema
import Manifest
import Testing

@testable import Singer

/// Manifests of taps, and what taps are given as their configs.
@Suite struct SettingsTests {
  private static let kinds = SourceKinds([SingerKind()])

  private static func manifest(_ text: String) throws -> SingerManifest {
    let source = try #require(try kinds.manifest(.text(Array(text.utf8), name: "manifest.yaml")))
    return try SingerManifest(source.root)
  }

  @Test func theSchemaIsOne() throws {
    _ = try JSONSchema(compiling: SingerManifest.schema)
    #expect(SingerManifest.schema["properties"]?["tap"] != nil)
  }

  @Test func everythingIsRead() throws {
    let manifest = try Self.manifest(
      """
      version: 1.0.0
      type: SingerSource
      description: Orders
      tap:
        python: {package: tap-shop, version: 1.2.0, program: tap-shop-eu, python: python3.12}
        env: {TOKEN: "{{ config['token'] }}"}
        catalog_option: --properties
        test: true
      config: {host: "{{ config['host'] }}", port: 5432}
      streams:
        - {name: a, primary_key: [id], cursor_field: at, sync_modes: [incremental]}
        - {name: b, exclude: true}
      exclude: ["sys-*"]
      namespaces: true
      state: shared
      timeouts: {silence: 5, end: 2}
      spec: {connection_specification: {type: object}, documentation_url: "https://example.com"}
      """)
    #expect(
      manifest.program
        == .python(PythonTap(package: "tap-shop", version: "1.2.0", program: "tap-shop-eu", python: "python3.12")))
    #expect(manifest.catalogOption == "--properties")
    #expect(manifest.hasTest == true)
    #expect(
      manifest.streams == [
        SingerStream(name: "a", primaryKey: ["id"], cursorField: "at", syncModes: [.incremental]),
        SingerStream(name: "b", isExcluded: true),
      ])
    #expect(manifest.exclusions == ["sys-*"])
    #expect(manifest.usesNamespaces)
    #expect(manifest.stateForm == .shared)
    #expect(manifest.limits.silence == 5)
    #expect(manifest.limits.grace == 2)
    #expect(manifest.connectionSpecification == ["type": "object"])
    #expect(manifest.documentationURL == "https://example.com")
  }

  @Test(arguments: [
    ("type: SingerSource", "manifest.yaml:1:1: error: the manifest needs `tap`"),
    ("type: SingerSource\ntap: {command: [x]}\nstream: []", "manifest.yaml:3:1: error: the manifest has no property `stream`"),
    ("type: SingerSource\ntap: {command: x}", "manifest.yaml:2:16: error: `command` should be a list"),
    (
      "type: SingerSource\ntap: {}",
      "manifest.yaml:2:6: error: `tap` fits none of the forms that it can have: {command: …} or {python: …}"
    ),
    (
      "type: SingerSource\ntap: {command: [x]}\nstate: global",
      "manifest.yaml:3:8: error: `state` should be 'per_stream' or 'shared'"
    ),
    (
      "type: SingerSource\ntap: {command: [x]}\nstreams: [{name: a}, {name: a}]",
      "manifest.yaml:3:29: error: the stream `a` is described twice"
    ),
    (
      "type: SingerSource\ntap: {command: [x]}\nstreams: [{name: a, cursor_field: at, sync_modes: [full_refresh]}]",
      "manifest.yaml:3:51: error: the stream `a` has a `cursor_field`, and its `sync_modes` do not allow to read it incrementally"
    ),
  ])
  func mistakesHavePlaces(text: String, beginning: String) throws {
    do throws(ManifestError) {
      _ = try Self.kinds.manifest(.text(Array(text.utf8), name: "manifest.yaml"))
      Issue.record("It was taken")
    } catch { #expect(error.description.hasPrefix(beginning), "\(error.description)") }
  }

  private static let config: JSONObject = ["host": "db", "password": "1234", "port": 5432, "tls": ["key": "k"], "none": nil]

  @Test(
    arguments: [
      (["a": "{{ config['password'] }}"], ["a": "1234"]), (["a": "{{config.port}}"], ["a": 5432]),
      (["a": "{{ config['tls']['key'] }}"], ["a": "k"]), (["a": "{{ config[\"tls\"].key }}"], ["a": "k"]),
      (["a": "{{ config['missing'] }}", "b": 1], ["b": 1]), (["a": "{{ config['none'] }}"], [:]), (["a": "5432"], ["a": "5432"]),
      (["a": "{{ config['host'] }}:{{ config['port'] }}"], ["a": "db:5432"]), (["a": "{{ config['port'] + 1 }}"], ["a": 5433]),
      (["a": ["b": ["{{ config['host'] }}", "x"]]], ["a": ["b": ["db", "x"]]]),
      (["a": "{{ config['tls'] }}"], ["a": ["key": "k"]]),
    ] as [(JSONObject, JSONObject)])
  func configs(template: JSONObject, expected: JSONObject) throws {
    let template = try ConfigTemplate(ManifestNode(ManifestValue(json: .object(template))))
    let run = TapRun(try TapFolder())
    #expect(try template.values(Self.config, run.runtime) == expected)
  }

  @Test func changesOfATapGoToTheConfig() throws {
    let template = try ConfigTemplate(
      ManifestNode(
        ManifestValue(json: [
          "token": "{{ config['login']['token'] }}", "url": "https://{{ config['host'] }}", "o": ["p": "{{ config.p }}"],
        ])))
    let (config, lost) = template.applying(
      ["token": "new", "url": "https://x", "o": ["p": 2], "extra": 1],
      over: ["token": "old", "url": "https://db", "o": ["p": 1]],
      to: ["host": "db", "login": ["token": "old"], "p": 1])
    #expect(config == ["host": "db", "login": ["token": "new"], "p": 2])
    #expect(lost == ["extra", "url"])
  }

  @Test func settingsBecomeASpecificationOfTheConfigThatTheyAreTakenFrom() throws {
    let template = try ConfigTemplate(
      ManifestNode(
        ManifestValue(json: [
          "token": "{{ config['login']['token'] }}", "url": "https://{{ config['host'] }}", "port": 1,
          "o": ["p": "{{ config.p }}"],
        ])))
    let specification = JSONValue.object(
      template.specification(of: [
        "required": ["token", "url"],
        "properties": [
          "token": ["type": "string", "airbyte_secret": true],
          "o": ["required": ["p"], "properties": ["p": ["type": "integer"]]],
        ],
      ]))
    #expect(specification["properties"]?["login"]?["properties"]?["token"] == ["type": "string", "airbyte_secret": true])
    #expect(specification["properties"]?["login"]?["required"] == ["token"])
    #expect(specification["properties"]?["p"] == ["type": "integer"])
    #expect(specification["required"] == ["login"])
  }

  @Test(arguments: [
    ("orders", "orders", true), ("orders", "order", false), ("sys-*", "sys-x", true), ("sys-*", "my-sys-x", false),
    ("*", "", true),
    ("a*b*c", "aXbYc", true), ("a*b*c", "ac", false), ("*x", "x", true), ("a*a", "a", false), ("", "", true), ("", "a", false),
  ])
  func patterns(pattern: String, name: String, matches: Bool) { #expect(NamePattern(pattern).matches(name) == matches) }

  @Test func settingsBecomeASpecification() throws {
    let about = try #require(
      TapAbout([
        "name": "tap-x", "capabilities": ["catalog"],
        "settings": [
          "type": "object", "required": ["token"],
          "properties": [
            "token": ["type": "string", "secret": true], "key": ["type": "string", "writeOnly": true],
            "secret": ["type": "object", "properties": ["inner": ["type": "string", "format": "password"]]],
            "else": ["anyOf": [["type": "string"], "null"]],
          ],
        ],
      ]))
    let specification = JSONValue.object(about.connectionSpecification)
    #expect(specification["required"] == ["token"])
    #expect(specification["properties"]?["token"] == ["type": "string", "airbyte_secret": true])
    #expect(specification["properties"]?["key"]?["airbyte_secret"] == true)
    #expect(specification["properties"]?["secret"]?["properties"]?["inner"]?["airbyte_secret"] == true)
    #expect(specification["properties"]?["else"]?["anyOf"] == [["type": "string"], ["type": "null"]])
    _ = try JSONSchema(compiling: specification)
    #expect(specification["title"] == "tap-x")
    #expect(TapAbout(["name": "x"]) == nil)
  }

  @Test(arguments: [
    ("tap-x", #"{"command":["tap-x"]}"#), ("python3 tap.py --fast", #"{"command":["python3","tap.py","--fast"]}"#),
    ("pip:tap-x", #"{"python":{"package":"tap-x"}}"#), ("pip:tap-x==1.2", #"{"python":{"package":"tap-x","version":"1.2"}}"#),
  ])
  func tapsAreNamed(text: String, json: String) {
    #expect(TapName(text).json.jsonText == json)
    #expect(TapName(text).text == text)
  }

  @Test func yamlIsReadAsItWasWritten() throws {
    let value: JSONObject = [
      "plain": "a b-c", "number": "12", "yes": "yes", "colon": "a: b", "empty": "", "n": 1, "list": [1, "x", "true"], "none": [],
      "objects": [["a": 1, "b": ["c": "d"]], "text"], "o": ["p": ["q": nil]], "e": [:], "é #": "# no comment", "lines": "a\nb",
    ]
    var warnings: [Diagnostic] = []
    let read = try ManifestLoader.load(.text(Array(YAMLText.block(value).utf8), name: "x.yaml"), warnings: &warnings)
    #expect(read.json == .object(value))
  }
}
