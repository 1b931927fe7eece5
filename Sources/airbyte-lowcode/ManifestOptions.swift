import ArgumentParser

/// The options that every command of the protocol takes.
struct ManifestOptions: ParsableArguments {
  @Option(
    name: [.customLong("manifest"), .customLong("manifest-path")],
    help: ArgumentHelp(
      "The manifest, a YAML file; `-` reads it from standard input. "
        + "Without it, the config's `__injected_declarative_manifest` is used.", valueName: "file",
      visibility: OwnPackage.isThere ? .private : .default))
  var manifest: String?

  @Flag(help: "Log requests and other details.")
  var debug = false

  func validate() throws {
    if manifest != nil, OwnPackage.isThere {
      throw ValidationError("\(OwnPackage.name) has its own manifest and takes no other.")
    }
  }
}

/// The options about the user's config.
struct ConfigOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The user's config, a JSON file.", valueName: "file"))
  var config: String

  @Flag(
    help: """
      Write the config back to its file when the API renewed a token in it. Without this, renewed tokens stand in CONTROL messages \
      alone, for the platform to keep.
      """)
  var updateConfig = false

  func validate() throws {
    if updateConfig, config == "-" {
      throw ValidationError("--update-config needs the config in a file: standard input cannot be written.")
    }
  }
}
