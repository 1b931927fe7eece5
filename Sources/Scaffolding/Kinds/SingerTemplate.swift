import JSON

/// A connector that runs a Singer tap.
package struct SingerTemplate: Sendable {
  private let names: ConnectorNames
  private let tap: String

  /// - Parameter tap: the tap's program; nil for one that is named after the connector.
  package init(names: ConnectorNames, tap: String?) {
    let slug = names.slug.hasPrefix("tap-") ? String(names.slug.dropFirst(4)) : names.slug
    self.names = slug == names.slug ? names : ConnectorNames(slug)
    self.tap = tap ?? "tap-\(slug)"
  }

  package var folder: ConnectorFolder {
    var files = ConnectorFiles(
      names: names, summary: "Runs the Singer tap \(tap) as an Airbyte source.", hosts: ["*"], fields: [], streams: [],
      checkedStream: nil)
    files.tags = ["language:manifest-only", "cdk:singer"]
    return ConnectorFolder([
      .init("manifest.yaml", manifest), .init("metadata.yaml", MetadataFile(files: files).text),
      .init("icon.svg", IconFile(names: names).text), .init("README.md", readme), .init("config.example.json", "{}\n"),
      .init(".github/workflows/ci.yml", WorkflowFile.text(validating: true, testing: false)),
      .init(".gitignore", ConnectorFiles.ignored),
    ])
  }

  private var manifest: String {
    var yaml = CommentedYAML()
    yaml.add("version", "1.0.0")
    yaml.add("type", "SingerSource")
    var program = CommentedYAML()
    program.add("command", [.string(tap)])
    yaml.add(
      "tap", program,
      comments: [
        "The program of the tap. With `python: {package: NAME, version: VERSION}` instead of `command`, it is installed on first use."
      ],
      isApart: true)
    let rest = [
      "What the tap says of itself decides the config and the streams. What it cannot know can be said here:", "",
      "config: {host: \"{{ config['host'] }}\"}  # the tap's config, where it is not that of the connector",
      "streams:  # keys, cursors and sync modes that discovery lacks",
      "  - {name: orders, primary_key: [id], cursor_field: updated_at, sync_modes: [incremental]}",
    ]
    let comments = rest.map { $0.isEmpty ? "#" : "# \($0)" }
    return (["# \(names.title), by the Singer tap \(tap)."] + yaml.lines() + [""] + comments).joined(separator: "\n") + "\n"
  }

  private var readme: String {
    """
    # Source \(names.title)

    An Airbyte source that runs the Singer tap `\(tap)`. `manifest.yaml` names its program, and may say of the streams what discovery
    does not.

    ```sh
    airbyte-lowcode spec manifest.yaml                                   # what the config looks like
    airbyte-lowcode check manifest.yaml --config secrets/config.json     # whether the tap can read
    airbyte-lowcode discover manifest.yaml --config secrets/config.json  # its streams
    airbyte-lowcode read manifest.yaml --config secrets/config.json      # their records
    ```

    Put the tap's config into `secrets/config.json`, which git ignores. `airbyte-lowcode singer wrap \(tap)` writes a manifest that says
    all that the tap says of itself.

    """
  }
}
