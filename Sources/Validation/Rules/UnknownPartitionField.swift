import Components
import Manifest

/// A field that the partitions of a stream do not have is undefined, and shows as an empty text: each partition asks for the same.
struct UnknownPartitionField: Rule {
  static let name = "unknown-partition-field"
  static let summary = "A template reads a field of the partition that no partition router of the stream gives."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for place in subject.templates where place.isInterpolated && place.undeclaredVariables.contains("stream_partition") {
      // A template that looks whether there is one knows what it does.
      guard !place.text.contains("default"), !place.text.contains(" if "), !place.text.contains(" or ") else { continue }
      guard let stream = place.owner.enclosing("DeclarativeStream"), let retriever = stream["retriever"],
        place.owner.enclosing("DynamicDeclarativeStream", "StateDelegatingStream") == nil
      else { continue }
      var fields: Set<String> = []
      guard Self.collect(retriever["partition_router"], &fields) else { continue }
      for key in ConfigReads.keys(in: place.text, of: "stream_partition") where !fields.contains(key) {
        let names = fields.subtracting(["parent_slice"]).sorted()
        let near = findings.suggestion(for: key, among: names)
        let known: Remedy =
          names.isEmpty ? "it has no `partition_router`" : "they have \(names.map { "`\($0)`" }.joined(separator: ", "))"
        findings.warnOnce(
          key, "the partitions of the stream have no `\(key)`, so that it is empty", at: place.node,
          mark: TemplateMark.mark(ofName: key, in: place.node), remedy: near.map(Remedy.name) ?? known)
      }
    }
  }

  /// Collects the fields that routers give.
  /// - Returns: false if that is not known.
  private static func collect(_ routers: ManifestNode?, _ fields: inout Set<String>) -> Bool {
    guard let routers, !routers.isNull else { return true }
    for router in routers.sequence ?? [routers] {
      switch router["type"]?.string {
      case "ListPartitionRouter": guard add(router["cursor_field"], to: &fields) else { return false }
      case "SubstreamPartitionRouter":
        fields.insert("parent_slice")
        for parent in router["parent_stream_configs"]?.sequence ?? [] {
          guard add(parent["partition_field"], to: &fields) else { return false }
        }
      case "GroupingPartitionRouter": guard collect(router["underlying_partition_router"], &fields) else { return false }
      case "UnionPartitionRouter": guard collect(router["partition_routers"], &fields) else { return false }
      default: return false
      }
    }
    return true
  }

  private static func add(_ name: ManifestNode?, to fields: inout Set<String>) -> Bool {
    guard let name = name?.string, !name.contains("{") else { return false }
    fields.insert(name)
    return true
  }
}
