import JSON
import Testing

/// Configs of an older shape, which the manifest's `config_migrations` bring into the one of today.
@Suite struct ConfigMigrationTests {
  private static let manifest = Manifests.streams(
    ["ok"],
    spec: "{type: object, required: [base_url, token], properties: {base_url: {type: string}, token: {type: string}}}"
  ).appending(
    """
      config_normalization_rules:
        type: ConfigNormalizationRules
        config_migrations:
          - type: ConfigMigration
            transformations:
              - type: ConfigRemapField
                field_path: [region]
                map: {old: new}
        transformations:
          - type: ConfigAddFields
            fields: [{type: AddedFieldDefinition, path: [seen], value: "yes"}]

    """)

  @Test(arguments: ["check", "discover"])
  func aMigratedConfigIsToldAndKeptOnce(command: String) async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api, manifest: Self.manifest, config: ["region": "old"])
    let before = try JSONValue(parsing: connection.folder.text("config.json"))
    let run = try await connection.run(command, "--manifest", "manifest.yaml", "--config", "config.json")
    #expect(run.status == 0)
    let told = try #require(try run.messages("CONTROL", "control").first?["connectorConfig"]?["config"])
    let kept = try JSONValue(parsing: connection.folder.text("config.json"))
    #expect(kept == told)
    #expect(kept["region"] == "new")
    #expect(kept["base_url"] == before["base_url"])
    // A transformation is for this run alone.
    #expect(kept["seen"] == nil)

    let again = try await connection.run(command, "--manifest", "manifest.yaml", "--config", "config.json")
    #expect(try again.messages("CONTROL", "control").isEmpty)
    #expect(try JSONValue(parsing: connection.folder.text("config.json")) == kept)
  }

  /// What a variable says may be a secret that no file should have.
  @Test func whatVariablesSayIsKeptInNoFile() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api, manifest: Self.manifest, config: ["region": "old"])
    let before = try connection.folder.text("config.json")
    let run = try await Tool.run(
      ["check", "manifest.yaml", "--config", "config.json"], in: connection.folder,
      environment: ["AIRBYTE_CONFIG_token": "of-a-variable"])
    #expect(run.status == 0)
    let told = try #require(try run.messages("CONTROL", "control").first?["connectorConfig"]?["config"])
    #expect(told["region"] == "new" && told["token"] == "of-a-variable")
    #expect(try connection.folder.text("config.json") == before)
  }

  @Test func variablesMayBeTheWholeConfig() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(manifest: Self.manifest)
    try connection.folder.write(".env", "AIRBYTE_CONFIG_base_url=http://\(api.address)\nAIRBYTE_CONFIG_token=file\n")
    let run = try await connection.run("read", "manifest.yaml", "--records")
    #expect(run.stdout == "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
    let refused = try await connection.run("check", "manifest.yaml", "--config", "config.json", "--update-config")
    #expect(refused.stderr.contains("--update-config writes a file, over which AIRBYTE_CONFIG_… variables win"))
    #expect(refused.status == 64)
  }
}
