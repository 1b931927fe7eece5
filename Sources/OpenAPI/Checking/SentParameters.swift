import JSON
import Manifest
import Validation
import YAML

/// What a stream's requests send, as far as the manifest shows it.
struct SentParameters {
  struct Sent {
    let name: String
    let place: DescribedAPI.Parameter.Place
    /// Where the manifest says it.
    let node: ManifestNode
    /// The value, if it is always the same.
    let value: JSONValue?
    /// The name in the manifest, where that is a key; nil for a value.
    var mark: SourceMark?
  }

  private(set) var all: [Sent] = []
  /// The parameter that takes the size of pages, and that size.
  private(set) var pageSize: (name: String, node: ManifestNode, size: Int)?
  /// Whether everything that is sent is known: a template may make any parameters.
  private(set) var isComplete = true

  /// - Parameters:
  ///   - requester: an `HttpRequester`.
  ///   - isMain: whether it is the one that the stream's records come from, with pages, partitions and a cursor.
  init(_ requester: ComponentVisit, _ address: AddressPattern, isMain: Bool) {
    let own = requester["path"] ?? requester["url"] ?? requester["url_base"] ?? requester.node
    for field in address.query { add(field.name, .query, own, .string(field.value)) }
    addFields(of: requester["request_parameters"], .query)
    addFields(of: requester["request_headers"], .header)
    addOption(requester["authenticator"]?["inject_into"])
    if let authenticator = requester["authenticator"], let header = authenticator["header"]?.string {
      add(header, .header, authenticator, nil)
    }
    guard isMain, let retriever = requester.parent else { return }
    if let paginator = retriever["paginator"] {
      addOption(paginator["page_token_option"])
      addOption(paginator["page_size_option"])
      if let option = paginator["page_size_option"], option["inject_into"]?.string == "request_parameter",
        let name = option["field_name"]?.string, let node = paginator["pagination_strategy"]?["page_size"],
        let size = node.int ?? node.string.flatMap({ Int($0) })
      {
        pageSize = (name, node, size)
      }
    }
    let routers = retriever["partition_router"]
    for router in routers?.sequence ?? [routers].compactMap({ $0 }) {
      addOption(router["request_option"])
      for parent in router["parent_stream_configs"]?.sequence ?? [] { addOption(parent["request_option"]) }
    }
    if let cursor = requester.enclosing("DeclarativeStream")?["incremental_sync"] {
      addOption(cursor["start_time_option"])
      addOption(cursor["end_time_option"])
    }
  }

  func sends(_ name: String, _ place: DescribedAPI.Parameter.Place) -> Bool {
    all.contains { $0.place == place && (place == .header ? $0.name.lowercased() == name.lowercased() : $0.name == name) }
  }

  private mutating func addFields(of node: ManifestNode?, _ place: DescribedAPI.Parameter.Place) {
    guard let node else { return }
    guard let entries = node.entries else {
      isComplete = false
      return
    }
    for (name, value) in entries { add(name, place, value, value.isMapping ? nil : value.value, mark: value.keyMark) }
  }

  private mutating func addOption(_ option: ManifestNode?) {
    guard let option, option["type"]?.string != "RequestPath", let name = option["field_name"] else { return }
    switch option["inject_into"]?.string {
    case "request_parameter"?: add(name.string ?? "", .query, name, nil)
    case "header"?: add(name.string ?? "", .header, name, nil)
    default: break
    }
  }

  private mutating func add(
    _ name: String, _ place: DescribedAPI.Parameter.Place, _ node: ManifestNode, _ value: JSONValue?, mark: SourceMark? = nil
  ) {
    guard !name.isEmpty, !name.contains("{{") else {
      isComplete = false
      return
    }
    let isOpen = value?.string?.contains("{{") ?? false || value?.string?.contains("{%") ?? false
    all.append(Sent(name: name, place: place, node: node, value: isOpen ? nil : value, mark: mark))
  }
}
