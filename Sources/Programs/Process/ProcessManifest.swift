import ConnectorModel
import Engine
import JSON
import Jinja
import Manifest
import Templating

/// What a manifest says of a program.
struct ProcessManifest: Sendable {
  let words: [String]
  private let variables: ManifestNode?
  private let node: ManifestNode
  let limits: ProgramCall.Limits
  /// The SPEC message's content; nil if the program is asked for it.
  let spec: JSONObject?
  private let folder: String?

  /// - Parameter files: where the manifest is.
  init(_ node: ManifestNode, in files: ManifestFiles) {
    self.node = node
    words = (node["command"]?.sequence ?? []).compactMap(\.string)
    variables = node["env"]
    var limits = ProgramCall.Limits()
    if let silence = node["timeouts"]?["silence"]?.double { limits.silence = silence }
    if let grace = node["timeouts"]?["end"]?.double { limits.grace = grace }
    self.limits = limits
    if let specification = node["spec"]?["connection_specification"] {
      var spec: JSONObject = ["connectionSpecification": specification.value]
      if let url = node["spec"]?["documentation_url"]?.string { spec["documentationUrl"] = .string(url) }
      self.spec = spec
    } else {
      spec = nil
    }
    folder = if case .folder(let path) = files { path } else { nil }
  }

  /// A program that was named on the command line.
  init(words: [String], limits: ProgramCall.Limits = .init()) {
    self.init(
      ManifestNode(.mapping(["command": ManifestNode(.sequence(words.map { ManifestNode(.string($0)) }))])), in: .folder("."))
  }

  /// The call of the program without a config: variables that cannot be evaluated then are left out.
  func bareCall(in environment: [String: String]) -> ProgramCall {
    (try? call([:], in: environment)) ?? ProgramCall(words, environment: environment, folder: folder, limits: limits)
  }

  /// The call of the program, to which its arguments are added.
  /// - Parameter config: what templates of variables read from.
  /// - Throws: ``ConnectorError`` if a template cannot be evaluated.
  func call(_ config: JSONObject, in environment: [String: String]) throws -> ProgramCall {
    var environment = environment
    if let variables {
      let context = EvaluationContext(config: Value(JSONValue.object(config)))
      for (name, value) in try InterpolatedMapping(variables).texts(context) { environment[name] = value.string }
    }
    return ProgramCall(words, environment: environment, folder: folder, limits: limits)
  }
}
