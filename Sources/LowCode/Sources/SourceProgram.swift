import Commands
import ConnectorModel
import Engine
import Essentials

/// The program of a source in Swift: the commands of the protocol, with all their options.
///
/// ```swift
/// @main
/// enum Main {
///   static func main() { SourceProgram<Ledger>.main() }
/// }
/// ```
///
/// `source-ledger read --config config.json --streams bookings --output data` then works as with any other connector.
public enum SourceProgram<Code: SwiftSource> {
  /// Runs what the command line asks for, and ends the process. It takes the process over: call it first.
  /// - Parameter name: how the program is called in what it says of itself; nil for the name of its file.
  public static func main(name: String? = nil) -> Never {
    let file = CommandLine.arguments.first?.lastPathPart
    CommandProgram(source: SwiftSourceKind(Code.self), name: name ?? file ?? "source").run()
  }
}

/// The sources in Swift that manifests of a program may name by their type, alone or as parts of a combined one.
public struct SourceTypes: Sendable {
  var kinds: [any SourceKind] = []

  /// All kinds of sources that manifests may be of, beside declarative ones.
  var all: SourceKinds { kinds.reduce(into: SourceKinds.standard) { $0.register($1) } }

  /// None.
  public init() {}

  /// Adds a source, whose `type` in manifests is the name of its type in Swift.
  public mutating func add(_ type: (some SwiftSource).Type) { kinds.append(SwiftSourceKind(type)) }
}
