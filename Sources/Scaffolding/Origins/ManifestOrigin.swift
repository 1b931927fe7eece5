import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest

/// What belongs around a manifest that is there already, such as one that the Connector Builder exported. The manifest is only read.
package struct ManifestOrigin: Sendable {
  /// The files beside the manifest.
  package let folder: ConnectorFolder

  /// - Parameters:
  ///   - path: of the manifest.
  ///   - name: what the connector is called; nil to take it from the manifest or its folder.
  /// - Throws: ``ManifestError`` for a manifest that is not valid.
  package static func read(_ path: String, named name: String?, components: ComponentRegistry) throws -> ManifestOrigin {
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(.file(path: path))
    let specification = manifest.spec?["connection_specification"]
    let title = specification?["title"]?.string.map { $0.hasSuffix(" Spec") ? String($0.dropLast(5)) : $0 }
    let place = URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent
    let names = ConnectorNames(name ?? title ?? place)
    let checked = manifest.check?["stream_names"]?[0]?.string
    var files = ConnectorFiles(
      names: names, summary: manifest.root["description"]?.string, documentation: manifest.spec?["documentation_url"]?.string,
      hosts: hosts(manifest.root), fields: fields(specification), streams: manifest.streams.compactMap(stream),
      checkedStream: manifest.check == nil ? nil : checked ?? "")
    files.hasSignIn = manifest.spec?["advanced_auth"] != nil
    return ManifestOrigin(folder: ConnectorFolder(files.files))
  }

  private static func stream(_ node: ManifestNode) -> ConnectorFiles.Stream? {
    guard let name = node["name"]?.string else { return nil }
    let retriever = node["retriever"]
    let requester = retriever?["requester"] ?? retriever?["creation_requester"]
    let key = node["primary_key"]
    let keys = key?.string.map { [$0] } ?? (key?.sequence ?? []).compactMap(\.string)
    return ConnectorFiles.Stream(
      name: name,
      request: requester.flatMap { requester in
        (requester["path"]?.string ?? requester["url"]?.string).map { "\(requester["http_method"]?.string ?? "GET") \($0)" }
      },
      // A key of nested fields is compared by the manifest itself.
      primaryKey: keys.filter { !$0.isEmpty },
      cursorField: node["incremental_sync"]?["cursor_field"]?.string.flatMap {
        $0.contains("{") ? nil : $0
      },
      hasPartitions: !(retriever?["partition_router"]?.isNull ?? true), isJob: retriever?["creation_requester"] != nil)
  }

  private static func fields(_ specification: ManifestNode?) -> [ConfigField] {
    let required = Set((specification?["required"]?.sequence ?? []).compactMap(\.string))
    return (specification?["properties"]?.entries ?? []).map { key, property in
      ConfigField(
        key, type: property["type"]?.string ?? "object", title: property["title"]?.string,
        explanation: property["description"]?.string, isSecret: property["airbyte_secret"]?.bool ?? false,
        isRequired: required.contains(key), defaultValue: property["default"]?.value,
        values: (property["enum"]?.sequence ?? []).map(\.value), example: property["examples"]?[0]?.value,
        format: property["format"]?.string, pattern: property["pattern"]?.string)
    }
  }

  /// The hosts of all addresses in a manifest; `*` for those that a template makes.
  private static func hosts(_ root: ManifestNode) -> [String] {
    var hosts: [String] = []
    func visit(_ node: ManifestNode, _ key: String) {
      if let text = node.string {
        guard ["url", "url_base", "token_refresh_endpoint"].contains(key) else { return }
        guard !text.hasPrefix("{{ download_target") else { return }
        let host = text.contains("{") && !text.hasPrefix("http") ? "*" : ConnectorFiles.host(of: plain(text)) ?? "*"
        if !hosts.contains(host) { hosts.append(host) }
      }
      for (key, member) in node.entries ?? [] { visit(member, key) }
      for element in node.sequence ?? [] { visit(element, key) }
    }
    for key in ["streams", "dynamic_streams"] { if let node = root[key] { visit(node, key) } }
    return hosts.isEmpty ? ["*"] : hosts
  }

  /// An address with `{field}` where a template reads a field of the config.
  private static func plain(_ text: String) -> String {
    text.replacing(/\{\{\s*config\[['"](\w+)['"]\]\s*\}\}/) { "{\($0.1)}" }
  }
}
