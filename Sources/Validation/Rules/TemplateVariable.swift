import Components
import Manifest

/// A template that uses a name that its place does not have fails where it is filled in.
struct TemplateVariable: Rule {
  static let name = "template-variable"
  static let summary = "A template uses a variable or function that does not exist, or not at that place."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    for place in subject.templates {
      guard let known = place.variables else { continue }
      // What a parent's extra fields are called is known to templates of requests and records as well.
      let names = place.undeclaredVariables.subtracting(known).subtracting(extraNames(place)).sorted()
      for name in names { warn(name, known, place, &findings) }
    }
  }

  private func warn(_ name: String, _ known: Set<String>, _ place: TemplatePlace, _ findings: inout FindingList) {
    let mark = TemplateMark.mark(ofName: name, in: place.node)
    let kind = "\(place.owner.type).\(place.property) \(name)"
    let choice = known.sorted().map { "`\($0)`" }.joined(separator: ", ")
    if TemplateNames.described.contains(name) || name == "stream_state" {
      let sentence = "`\(name)` does not exist in `\(place.property)` of `\(place.owner.type)`: there is \(choice)"
      return findings.warnOnce(kind, sentence, at: place.node, mark: mark)
    }
    let near = NameSuggestion.nearest(to: name, among: known.sorted() + TemplateNames.functions)
    findings.warnOnce(
      kind,
      "`\(name)` is not a variable or function of `\(place.property)` of `\(place.owner.type)`"
        + (near == nil ? ": there is \(choice)" : ""),
      at: place.node, mark: mark, remedy: near.map(Remedy.name))
  }

  private func extraNames(_ place: TemplatePlace) -> Set<String> {
    guard let retriever = place.owner.enclosing("SimpleRetriever", "AsyncRetriever", "CustomRetriever"),
      place.variables?.contains("stream_slice") == true
    else { return [] }
    var names: Set<String> = []
    let inner: Set<String> = ["parent_stream_configs", "partition_routers", "underlying_partition_router"]
    retriever["partition_router"]?.walk(into: { inner.contains($0) }) { node in
      for path in node["extra_fields"]?.sequence ?? [] {
        if let name = (path.sequence?.last ?? path).string { names.insert(name) }
      }
      return .into
    }
    return names
  }
}
