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

/// The option for the user's config.
struct ConfigOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The user's config, a JSON file.", valueName: "file"))
  var config: String
}
