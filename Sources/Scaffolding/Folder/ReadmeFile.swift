import JSON

/// The `README.md` of a connector.
struct ReadmeFile: Sendable {
  let files: ConnectorFiles

  var text: String {
    (introduction + config + streams + work).joined(separator: "\n") + "\n"
  }

  private var introduction: [String] {
    var lines = ["# Source \(Self.escaped(files.names.title))", ""]
    if let summary = files.summary { lines += [Self.escaped(CommentText.plain(summary)), ""] }
    lines.append(
      "A declarative connector for Airbyte: `manifest.yaml` says what is requested and what becomes of the answers, in the "
        + "[low-code language](https://docs.airbyte.com/platform/connector-development/config-based/low-code-cdk-overview). "
        + "The Airbyte platform and `airbyte-lowcode` run it.")
    if let documentation = files.documentation { lines += ["", "The API is described at <\(documentation)>."] }
    return lines
  }

  private var config: [String] {
    guard !files.fields.isEmpty else { return ["", "## Config", "", "The connector needs no config: `{}` is enough."] }
    var lines = ["", "## Config", "", "| field | type | required | secret | |", "| --- | --- | --- | --- | --- |"]
    for field in files.fields {
      let title = field.title ?? SpecWriter.title(of: field.key)
      let words = [title, field.explanation.map { CommentText.plain($0) }].compactMap { $0 }.joined(separator: ". ")
      lines.append(
        "| `\(field.key)` | \(field.type) | \(field.isRequired ? "yes" : "no") | \(field.isSecret ? "yes" : "no") | "
          + "\(Self.escaped(words)) |")
    }
    lines += [
      "", "`config.example.json` has an example. Put your own values into `secrets/config.json`, which git ignores:", "",
      "```sh", "mkdir -p secrets && cp config.example.json secrets/config.json", "```",
    ]
    if files.hasSignIn {
      lines += [
        "", "The refresh token comes from a browser:", "", "```sh",
        "airbyte-lowcode login --config secrets/config.json", "```",
      ]
    }
    return lines
  }

  private var streams: [String] {
    var lines = ["", "## Streams", "", "| stream | request | primary key | cursor |", "| --- | --- | --- | --- |"]
    for stream in files.streams {
      let key = stream.primaryKey.map { "`\($0)`" }.joined(separator: ", ")
      lines.append(
        "| `\(stream.name)` | \(stream.request.map { "`\(Self.escaped($0))`" } ?? "") | \(key) | \(stream.cursorField.map { "`\($0)`" } ?? "") |"
      )
    }
    return lines
  }

  private var work: [String] {
    let stream = files.checkedStream ?? files.streams.first?.name ?? "NAME"
    return [
      "", "## Working on it", "", "```sh",
      "airbyte-lowcode validate --strict manifest.yaml     # what is wrong with the manifest",
      "airbyte-lowcode test                                # tests.yaml, without the API",
      "airbyte-lowcode read --mock                         # what a read looks like, without the API",
      "airbyte-lowcode check --config secrets/config.json  # whether the connection works",
      "airbyte-lowcode test-read --config secrets/config.json --stream \(stream) --merge-schema  # adds fields to its schema",
      "airbyte-lowcode test --update                       # writes into tests.yaml what was seen", "```", "",
      "| file | holds |", "| --- | --- |", "| `manifest.yaml` | the connector |",
      "| `tests.yaml` | tests that need neither the API nor credentials |",
      "| `acceptance-test-config.yml` | tests that read the API, with `secrets/config.json` |",
      "| `metadata.yaml`, `icon.svg` | what registries and images say of the connector |",
      "| `.github/workflows/ci.yml` | what GitHub runs with each change |",
    ]
  }

  private static func escaped(_ text: String) -> String {
    CommentText.plain(text).replacing("|", with: "\\|").replacing("<", with: "&lt;")
  }
}
