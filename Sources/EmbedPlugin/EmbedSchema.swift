import Foundation
import PackagePlugin

/// Generates `BundledSchema.swift` for a target, again whenever the schema changes.
@main
struct EmbedSchema: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let schema = context.package.directoryURL.appending(path: "schemas/declarative_component_schema.yaml")
    let source = context.pluginWorkDirectoryURL.appending(path: "BundledSchema.swift")
    return [
      .buildCommand(
        displayName: "Embedding the component schema",
        executable: try context.tool(named: "embed-schema").url,
        arguments: [schema.path, source.path],
        inputFiles: [schema],
        outputFiles: [source])
    ]
  }
}
