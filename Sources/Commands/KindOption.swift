import AirbyteProtocol
import ConnectorModel
import Engine

/// An option that acts on what a declarative manifest describes, or on requests of this program: a source of another kind may have
/// nothing for it to act on.
enum KindOption: Sendable {
  case mock, record, replay, transport, share, components, python, report, window

  /// - Throws: ``ConnectorError`` that says why the option is of no use with a source, and what to do instead.
  /// - Parameter type: the `type` of the source's manifest.
  func check(_ traits: SourceTraits, of type: String) throws(ConnectorError) {
    guard let sentence = refusal(traits, of: type) else { return }
    throw ConnectorError(.config, sentence)
  }

  /// Why the option cannot be used with a source; nil if it can.
  func refusal(_ traits: SourceTraits, of type: String) -> String? {
    switch self {
    case .mock:
      return "--mock makes up an API from a declarative manifest, and this one is a `\(type)`: leave --mock out"
    case .record:
      guard !traits.programs.isEmpty else { return nil }
      return
        "--record keeps the requests that this program sends, and \(Self.programs(traits, of: type)): leave --record out, and keep "
        + "the records themselves with --output" + Self.parts(traits, "--record")
    case .replay:
      guard !traits.programs.isEmpty else { return nil }
      return "--replay answers the requests that this program sends, and \(Self.programs(traits, of: type)): leave --replay out"
        + Self.parts(traits, "--replay")
    case .transport:
      guard !traits.sendsRequests, !traits.programs.isEmpty else { return nil }
      return
        "--transport chooses what carries the requests of this program, and \(Self.programs(traits, of: type)): leave --transport "
        + "out, and set its network up in its config or its environment"
    case .share:
      guard !traits.isDeclarative, traits != SourceTraits() else { return nil }
      return
        "--share divides the call rates, the concurrency and the tokens of a declarative manifest, and this one is a `\(type)`: leave "
        + "--share out, and set such limits in the config of the source"
    case .components, .python:
      guard !traits.isDeclarative, traits != SourceTraits() else { return nil }
      let option = self == .components ? "--components names the code" : "--python names the Python"
      return "\(option) of a declarative manifest's custom components, and this one is a `\(type)`: leave it out"
        + (traits.programs.isEmpty ? "" : ", and name the program's own files in its manifest")
    case .report:
      return "--report looks at the cursors of a declarative manifest, and this one is a `\(type)`: leave --report out"
    case .window:
      return "A `\(type)` cannot be read in a range of time, which belongs to `DatetimeBasedCursor`: leave --window out"
    }
  }

  /// Which sources send requests of their own, as a part of a sentence.
  private static func programs(_ traits: SourceTraits, of type: String) -> String {
    if traits.programs == [type] { return "a `\(type)` is a program that sends its own" }
    let names = traits.programs.map { "`\($0)`" }
    let list = names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    return names.count == 1
      ? "\(list) of this `\(type)` is a program that sends its own" : "\(list) of this `\(type)` are programs that send their own"
  }

  /// What to do about the other sources of a combined one.
  private static func parts(_ traits: SourceTraits, _ option: String) -> String {
    traits.sendsRequests ? ", or run the manifests of its other sources by themselves with \(option)" : ""
  }
}
