import Commands
import ConnectorModel
import Engine
import Essentials

/// Runs the whole command line of `airbyte-lowcode` with components of one's own, and ends the process: it is what the `main` of a
/// program does first.
///
/// ```swift
/// @main
/// enum SourceShop {
///   static func main() {
///     var components = ComponentRegistry.standard
///     components.register(SignedRequests.self, asClass: "source_shop.components.SignedRequests")
///     LowCode.main(components: components)
///   }
/// }
/// ```
///
/// `source-shop check manifest.yaml --config config.json` then runs the manifest with these components. `source-shop package` makes an
/// executable of the program and a manifest, which is a connector by itself: it takes the commands of the protocol and no manifest.
/// - Parameters:
///   - components: what manifests may name.
///   - sources: the sources in Swift that manifests may be of.
///   - name: how the program is called in what it says of itself; nil for the name of its file.
public func main(components: ComponentRegistry = .standard, sources: SourceTypes = SourceTypes(), name: String? = nil) -> Never {
  let file = CommandLine.arguments.first?.lastPathPart
  CommandProgram(components: components, sources: sources.kinds, name: name ?? file ?? "source").run()
}
