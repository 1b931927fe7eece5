import Engine
import JSON

/// Writes the manifest that a description stands for, with comments for the people who continue it.
package struct ManifestWriter: Sendable {
  private let description: ConnectorDescription
  private let config: ConfigKeys
  private let names: ConnectorNames
  private let keys: DefinitionKeys
  private let sharedPaging: PagingDescription?

  package init(_ description: ConnectorDescription) {
    self.description = description
    config = ConfigKeys(description)
    names = ConnectorNames(description.name)
    keys = DefinitionKeys(description.streams.map(\.name))
    sharedPaging = Self.sharedPaging(description.streams)
  }

  /// The paging that most streams have, if more than one of them has it.
  private static func sharedPaging(_ streams: [StreamDescription]) -> PagingDescription? {
    let all = streams.compactMap { $0.job == nil ? $0.paging : nil }
    var best: (paging: PagingDescription, count: Int)?
    for paging in all {
      let count = all.count { $0 == paging }
      if count > max(1, best?.count ?? 1) { best = (paging, count) }
    }
    return best?.paging
  }

  private func notes(_ places: Note.Place...) -> [String] {
    places.flatMap { place in description.notes.filter { $0.place == place }.map(\.text) }
  }

  /// The text of the manifest.
  package var text: String { (head + yaml.lines()).joined(separator: "\n") + "\n" }

  private var head: [String] {
    var sentences = [names.title + (description.summary.map { ": \($0)" } ?? ".")]
    if let origin = description.origin { sentences.append("Made from \(origin).") }
    sentences += notes(.head)
    return sentences.flatMap { CommentText.lines($0, indent: 0) }
  }

  private var yaml: CommentedYAML {
    var yaml = CommentedYAML()
    yaml.add("version", .plain(RuntimeVersion.reference))
    yaml.add("type", "DeclarativeSource")
    var check = CommentedYAML(type: "CheckStream")
    check.add("stream_names", .array(checkedStream.map { [.string($0)] } ?? []))
    yaml.add("check", check, comments: ["The connection works if this stream can be read."], isApart: true)
    yaml.add("definitions", definitions, isApart: true)
    yaml.add("streams", .list(description.streams.map(reference)), isApart: true)
    var schemas = CommentedYAML()
    for writer in writers {
      schemas.add(
        keys[writer.stream.name], Self.yaml(writer.schema), comments: writer.schemaComments, isApart: !schemas.isEmpty)
    }
    yaml.add("schemas", schemas, isApart: true)
    yaml.add("spec", SpecWriter(description: description, config: config, names: names).component, isApart: true)
    return yaml
  }

  /// A schema with a property a line.
  private static func yaml(_ schema: JSONObject) -> CommentedYAML {
    var yaml = CommentedYAML()
    for (key, value) in schema {
      guard key == "properties", let properties = value.object, !properties.isEmpty else {
        yaml.add(key, value)
        continue
      }
      var lines = CommentedYAML()
      for (name, property) in properties { lines.add(name, property) }
      yaml.add(key, lines)
    }
    return yaml
  }

  private var checkedStream: String? { description.checkedStreamName }

  private func reference(_ stream: StreamDescription) -> CommentedYAML {
    var yaml = CommentedYAML()
    yaml.add("$ref", .string("#/definitions/streams/\(keys[stream.name])"))
    return yaml
  }

  private var writers: [StreamWriter] {
    description.streams.map { stream in
      StreamWriter(stream: stream, description: description, config: config, keys: keys, sharedPaging: sharedPaging)
    }
  }

  private var definitions: CommentedYAML {
    var yaml = CommentedYAML()
    let authentication = AuthenticationWriter(
      authentication: description.authentication, config: config, baseAddress: description.baseAddress)
    let comments = notes(.baseAddress, .authentication)
    if let authenticator = authentication.component {
      yaml.add("authenticator", authenticator, comments: comments)
    }
    if let sharedPaging {
      yaml.add("paginator", sharedPaging.component, isApart: !yaml.isEmpty)
    }
    var streams = CommentedYAML()
    for writer in writers {
      streams.add(keys[writer.stream.name], writer.component, comments: writer.comments, isApart: !streams.isEmpty)
    }
    yaml.add(
      "streams", streams, comments: authentication.component == nil ? comments : [], isApart: !yaml.isEmpty)
    return yaml
  }
}

extension ConnectorDescription {
  /// The stream that a check reads; nil if there is no stream.
  package var checkedStreamName: String? {
    if let checkedStream, streams.contains(where: { $0.name == checkedStream }) { return checkedStream }
    return (streams.first { $0.partitions.isEmpty && $0.job == nil } ?? streams.first)?.name
  }
}
