import ConnectorModel
import JSON
import Manifest
import PythonComponents

/// Imports and builds the custom components of a manifest, which `validate` does only if it is asked to.
package struct ComponentExamination {
  /// How the code is found and run.
  package struct Options: Sendable {
    /// The file or folder of the code; nil for what is beside the manifest.
    package var path: String?
    /// The Python; nil for the usual one.
    package var interpreter: String?
    /// The variables that permit code and choose a Python.
    package var environment: [String: String]

    package init(path: String? = nil, interpreter: String? = nil, environment: [String: String]) {
      self.path = path
      self.interpreter = interpreter
      self.environment = environment
    }
  }

  private let subject: Subject
  private let options: Options
  private let config: JSONObject
  /// Whether the config is the user's, so that what a class makes of it counts.
  private let isGiven: Bool

  init(_ subject: Subject, _ options: Options, config: JSONObject, isGiven: Bool) {
    self.subject = subject
    self.options = options
    self.config = config
    self.isGiven = isGiven
  }

  /// Why components cannot be built, and which of their properties their classes do not take.
  func findings(in manifest: Manifest) async -> [Finding] {
    do {
      let place = ComponentCode.ManifestPlace(subject.files, isBundled: false)
      let code = try ComponentCode.find(named: options.path, config: config, manifest: place)
      let python = PythonComponents(
        .init(code, interpreter: options.interpreter, folder: place.folder), runtime: .offline(options.environment))
      let nodes = manifest.streams + manifest.dynamicStreams + [manifest.spec].compactMap { $0 }
      let found = try await python.examine(nodes, config: config, manifest: manifest.root, except: subject.hasClass)
      let facts = try await python.arguments(of: found.filter { $0.error == nil }.map(\.node))
      return found.flatMap { findings($0, facts) }
    } catch is CancellationError {
      return []
    } catch { return [Finding(BuildDiagnosis(subject).diagnostic(of: ConnectorError(wrapping: error)))] }
  }

  private func findings(_ found: PythonComponents.Finding, _ arguments: [String: Set<String>]) -> [Finding] {
    if let error = found.error {
      // What a class makes of a made-up config is no fault of the manifest.
      return found.isOfItsCode && !isGiven ? [] : [Finding(BuildDiagnosis(subject).diagnostic(of: error))]
    }
    guard let name = found.node["class_name"]?.string, let known = arguments[name],
      let visit = subject.components.first(where: { $0.node.path == found.node.path })
    else { return [] }
    return visit.node.entries.map { entries in
      entries.filter { key, value in
        !known.contains(key) && !Self.ofEveryComponent.contains(key) && !visit.isParameter(key, value)
      }.map { key, value in
        var diagnostic = Diagnostic(
          .warning, rule: UnknownKey.name,
          "`\(found.className)` takes no `\(key)`: it has no type hint of that name, so the value is not used", at: value,
          remedy: NameSuggestion.nearest(to: key, among: known.filter { visit.node[$0] == nil }).map(Remedy.name))
        diagnostic.mark = value.keyMark ?? diagnostic.mark
        return Finding(diagnostic)
      }
    } ?? []
  }

  private static let ofEveryComponent: Set<String> = [
    "type", "class_name", "$parameters", "name", "description", "title", "$comment",
  ]
}
