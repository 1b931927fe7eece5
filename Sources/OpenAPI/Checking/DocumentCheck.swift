import JSON
import Manifest
import Validation
import YAML

/// Compares manifests with the document of their API.
package struct DocumentCheck: ManifestCompanion {
  private let document: OpenAPIDocument
  private let api: DescribedAPI
  private let reader: SchemaReader

  package init(_ document: OpenAPIDocument) {
    self.document = document
    api = APIReader.read(document)
    reader = SchemaReader(document: document)
  }

  package func check(_ subject: Subject, _ findings: inout FindingList) {
    let matcher = OperationMatcher(api)
    for requester in subject.components("HttpRequester") {
      guard let address = AddressPattern(requester) else { continue }
      let method = (requester["http_method"]?.string ?? "GET").uppercased()
      guard let operation = operation(matcher.match(address, method: method), address, method, requester, &findings) else {
        continue
      }
      let isMain = requester.property == "requester" && requester.parent?.type == "SimpleRetriever"
      let sent = SentParameters(requester, address, isMain: isMain)
      checkDeprecation(of: operation, requester, sent, &findings)
      checkParameters(of: operation, sent, &findings)
      checkPageSize(of: operation, sent, &findings)
      checkRequired(of: operation, requester, sent, &findings)
      if isMain, let retriever = requester.parent {
        RecordCheck(reader: reader, operation: operation).check(retriever, &findings)
      }
    }
  }

  private static func place(of requester: ComponentVisit) -> ManifestNode {
    requester["path"] ?? requester["url"] ?? requester["url_base"] ?? requester.node
  }

  static func related(_ text: String, _ mark: SourceMark?) -> [Diagnostic.Related] { mark.map { [.init(text, at: $0)] } ?? [] }

  // MARK: Paths

  private func operation(
    _ match: OperationMatcher.Match, _ address: AddressPattern, _ method: String, _ requester: ComponentVisit,
    _ findings: inout FindingList
  ) -> DescribedAPI.Operation? {
    let node = Self.place(of: requester)
    let paths = document.root["paths"]?.mark
    switch match {
    case .found(let operation): return operation
    case .open: return nil
    case .unknown(let near):
      findings.apply("openapi-path") {
        $0.warn(
          "the document has no path `\(address.text)`", at: node, remedy: near.map(Remedy.name),
          related: Self.related("the paths of the document", paths))
      }
      return nil
    case .otherMethods(let path, let methods):
      let mark = api.operations.first { $0.path == path }?.mark
      findings.apply("openapi-path") {
        $0.warn(
          "the document has `\(path)` with \(methods.joined(separator: ", ")), not with \(method)",
          at: requester["http_method"] ?? node,
          related: Self.related("the path in the document", mark))
      }
      return nil
    }
  }

  private func checkDeprecation(
    of operation: DescribedAPI.Operation, _ requester: ComponentVisit, _ sent: SentParameters, _ findings: inout FindingList
  ) {
    findings.apply("openapi-deprecated") { findings in
      if operation.isDeprecated {
        findings.warn(
          "`\(operation.title)` is deprecated", at: Self.place(of: requester),
          related: Self.related("the request in the document", operation.mark))
      }
      for parameter in operation.parameters where parameter.isDeprecated {
        guard let use = sent.all.first(where: { $0.name == parameter.name && $0.place == parameter.place }) else { continue }
        findings.warn(
          "the parameter `\(parameter.name)` of `\(operation.title)` is deprecated", at: use.node, mark: use.mark,
          related: Self.related("the parameter in the document", parameter.mark))
      }
    }
  }

  // MARK: Parameters

  private func checkParameters(of operation: DescribedAPI.Operation, _ sent: SentParameters, _ findings: inout FindingList) {
    let known = operation.parameters.filter { $0.place == .query }
    for use in sent.all {
      if let parameter = self.parameter(use.name, use.place, operation) {
        guard let value = use.value, let schema = parameter.schema,
          let fault = ValueCheck(reader: reader).fault(of: value, for: schema)
        else {
          continue
        }
        let shown = value.string ?? value.jsonText
        findings.apply("openapi-value") {
          $0.warn(
            "`\(parameter.name)` of `\(operation.title)` does not take `\(shown)`: \(fault)", at: use.node,
            related: Self.related("the parameter in the document", parameter.mark))
        }
      } else if use.place == .query, !isCredential(use.name) {
        let near = NameSuggestion.nearest(to: use.name, among: known.lazy.map(\.name))
        findings.apply("openapi-parameter") {
          $0.warn(
            "`\(operation.title)` has no parameter `\(use.name)`", at: use.node, mark: use.mark,
            remedy: near.map(Remedy.name), related: Self.related("the request in the document", operation.mark))
        }
      }
    }
  }

  /// A parameter, also one that takes the members of an object: `filter` for `filter[name]`.
  private func parameter(
    _ name: String, _ place: DescribedAPI.Parameter.Place, _ operation: DescribedAPI.Operation
  ) -> DescribedAPI.Parameter? {
    if place == .header {
      return operation.parameters.first { $0.place == .header && $0.name.lowercased() == name.lowercased() }
    }
    if let exact = operation.parameter(name, in: place) { return exact }
    if let list = operation.parameter(name + "[]", in: place) { return list }
    guard let bracket = name.firstIndex(of: "["), var outer = operation.parameter(String(name[..<bracket]), in: place) else {
      // The members of an object may be parameters of their own.
      return operation.parameters.first { parameter in
        guard parameter.place == place, let schema = parameter.schema, reader.shape(schema).isObject else { return false }
        return reader.properties(of: schema).contains { $0.name == name } || reader.shape(schema).additional != nil
      }.map { parameter in
        var member = parameter
        member.schema = nil
        return member
      }
    }
    outer.schema = nil
    return outer
  }

  private func isCredential(_ name: String) -> Bool {
    let isToken = StreamFinder.tokenNames.contains(FieldWords.key(name))
    return api.securitySchemes.contains { scheme in
      switch scheme.kind {
      case .apiKey(_, let own): own == name
      case .bearer, .oauth2: isToken
      case .basic, .other: false
      }
    }
  }

  private func checkPageSize(of operation: DescribedAPI.Operation, _ sent: SentParameters, _ findings: inout FindingList) {
    guard let (name, node, size) = sent.pageSize, let parameter = operation.parameter(name, in: .query),
      let largest = PageFinder.largest(parameter, parameter.schema.map { reader.shape($0) }), size > largest
    else { return }
    findings.apply("openapi-page-size") {
      $0.warn(
        "a page of `\(operation.title)` has at most \(largest) records, and the manifest asks for \(size)", at: node,
        remedy: .value(String(largest)), related: Self.related("the parameter `\(name)` in the document", parameter.mark))
    }
  }

  private func checkRequired(
    of operation: DescribedAPI.Operation, _ requester: ComponentVisit, _ sent: SentParameters, _ findings: inout FindingList
  ) {
    guard sent.isComplete else { return }
    for parameter in operation.parameters where parameter.isRequired && (parameter.place == .query || parameter.place == .header)
    {
      guard !sent.sends(parameter.name, parameter.place), !isCredential(parameter.name),
        !StreamFinder.ofEveryRequest.contains(parameter.name.lowercased()),
        parameter.schema.map({ reader.shape($0).defaultValue == nil }) ?? true
      else { continue }
      let kind = parameter.place == .header ? "header" : "parameter"
      findings.apply("openapi-required") {
        $0.warn(
          "`\(operation.title)` needs the \(kind) `\(parameter.name)`, which is not sent", at: Self.place(of: requester),
          related: Self.related("the \(kind) in the document", parameter.mark))
      }
    }
  }
}
