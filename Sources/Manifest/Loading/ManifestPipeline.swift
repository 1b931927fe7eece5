import JSONSchema

/// What a manifest goes through before components are built: reading, references, types and parameters, validation.
///
/// The reference implementation compares no versions. It migrates manifests only where a tool asks for it, after validation:
/// here `validate --fix` makes the same changes in the text.
package struct ManifestPipeline: Sendable {
  private let validator: ManifestValidator

  package init(validator: ManifestValidator) { self.validator = validator }

  /// Reads a manifest and makes it ready for building components.
  /// - Throws: ``ManifestError`` with all findings of the step that failed.
  package func run(_ source: ManifestSource) throws(ManifestError) -> Manifest {
    var warnings: [Diagnostic] = []
    let loaded: ManifestValue
    do throws(ManifestError) {
      loaded = try ManifestLoader.load(source, warnings: &warnings)
    } catch {
      throw ForeignFile(unreadBecauseOf: error)?.concealed(error) ?? error
    }
    do throws(ManifestError) {
      let resolved = try Self.resolve(loaded)
      let findings = validator.validate(resolved)
      guard findings.isEmpty else { throw ManifestError(findings) }
      return Manifest(resolved, warnings: warnings)
    } catch {
      throw ForeignFile(loaded)?.concealed(error) ?? error
    }
  }

  /// Takes a manifest as far as it can be taken: where a step fails, its findings are kept and the next one is tried.
  package func examine(_ source: ManifestSource) -> ManifestExamination {
    var examination = ManifestExamination()
    do throws(ManifestError) {
      let loaded = try ManifestLoader.load(source, warnings: &examination.findings)
      examination.written = ManifestNode(loaded)
      examination.foreign = ForeignFile(loaded)
      let (resolved, missing) = try ReferenceResolver.resolveAll(Self.withType(loaded))
      examination.findings += missing
      guard resolved.mapping != nil else { throw Self.shapeless(resolved) }
      let propagated = try ParameterPropagation.propagate(resolved)
      examination.resolved = ManifestNode(propagated)
      // What a reference should have brought is not there: what is missing because of that is no further error.
      let (findings, places) = validator.examine(propagated, passingOverReferences: !missing.isEmpty)
      examination.findings += findings
      examination.manifest = Manifest(Self.leavingOut(places, of: propagated), warnings: [])
    } catch {
      if examination.written == nil { examination.foreign = ForeignFile(unreadBecauseOf: error) }
      examination.findings += error.diagnostics
    }
    return examination
  }

  /// A manifest without the streams, and without the other top-level values, that contain the given places.
  private static func leavingOut(_ places: [[PathElement]], of manifest: ManifestValue) -> ManifestValue {
    guard let root = manifest.mapping, !places.isEmpty else { return manifest }
    let broken = Dictionary(grouping: places, by: \.first)
    let entries = root.entries.compactMap { entry -> ManifestEntry? in
      guard let inner = broken[.key(entry.key)]?.map({ $0.dropFirst() }) else { return entry }
      guard ["streams", "dynamic_streams"].contains(entry.key), case .sequence(let streams) = entry.value.content,
        inner.allSatisfy({ !$0.isEmpty })
      else { return nil }
      // The others keep their places.
      let left = Set(inner.compactMap(\.first))
      let kept = streams.indices.map { left.contains(.index($0)) ? ManifestValue(.null) : streams[$0] }
      return entry.with(entry.value.with(.sequence(kept)))
    }
    return manifest.with(.mapping(ManifestMapping(entries)))
  }

  private static func shapeless(_ value: ManifestValue) -> ManifestError {
    ManifestError(Diagnostic(.error, rule: "shape", "a manifest is a mapping, found \(value.kindName)", at: value.mark))
  }

  /// The manifest without references, with types and parameters, not validated.
  package static func resolve(_ loaded: ManifestValue) throws(ManifestError) -> ManifestValue {
    let resolved = try ReferenceResolver.resolve(withType(loaded))
    guard resolved.mapping != nil else { throw shapeless(resolved) }
    return try ParameterPropagation.propagate(resolved)
  }

  /// The type of the whole may be left out.
  private static func withType(_ manifest: ManifestValue) -> ManifestValue {
    guard let mapping = manifest.mapping, mapping.place(of: "type") == nil else { return manifest }
    let type = ManifestEntry(key: "type", value: ManifestValue(.string("DeclarativeSource")))
    return ManifestValue(.mapping(ManifestMapping(mapping.entries + [type])), mark: manifest.mark)
  }
}
