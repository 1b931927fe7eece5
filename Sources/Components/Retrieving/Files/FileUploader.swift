import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON
import Jinja
import Manifest
import Templating

/// Downloads the file that a record refers to into the staging directory, and notes its place in the record.
final class FileUploader: FileUploading {
  private let requester: any Requester
  private let targetExtractor: any RecordExtractor
  private let fileName: InterpolatedString?
  private let streamName: String
  private let config: TemplateConfig
  private let directory: StagingDirectory
  private let log: any Log

  /// - Parameter node: a stream's `file_uploader`.
  init(from node: ComponentNode, in scope: BuildScope) throws {
    let requesterNode = try node.required("requester")
    targetExtractor = try scope.beside().build(node.required("download_target_extractor"))
    requester = try scope.beside(named: "File Uploader").build(requesterNode)
    fileName = node["filename_extractor"].flatMap { name in
      name.string == "" ? nil : InterpolatedString(name, parameters: node.parameters)
    }
    streamName = scope.streamName
    config = scope.templateConfig
    log = scope.runtime.log
    directory = StagingDirectory(environment: scope.runtime.environment)
  }

  func upload(_ record: inout Record) async throws {
    let target = try await target(of: record)
    let slice = StreamSlice(extraFields: ["download_target": .string(target)])
    let relative = try relativePath(record)
    let file = try directory.makeFile(at: relative)
    var parts = RequestParts()
    parts.store = file
    _ = try await requester.send(slice, token: nil, path: nil, adding: parts)
    try file.finish()
    let path = "\(directory.path)/\(relative)"
    log.log(.info, "Stream \(streamName): a file of \(file.size) bytes was stored at \(path).")
    record.file = FileReference(url: path, relativePath: relative.description, size: file.size)
  }

  /// The address of a record's file.
  private func target(of record: Record) async throws -> String {
    let body = try JSONDocument(parsing: [UInt8](JSONValue.object(record.object).jsonText.utf8)).root
    let found = try await targetExtractor.items(in: body).compactMap(\.value).first
    guard let target = found?.string else {
      throw ConnectorError(
        .system, "A record of stream `\(streamName)` does not say where its file is",
        internalMessage: found.map { "The extractor found \($0.jsonText) instead of a text" })
    }
    return target
  }

  /// The file's path below the staging directory, which neither a stream nor a record may lead out of.
  private func relativePath(_ record: Record) throws -> ContainedPath {
    let given = try fileName?.evaluate(EvaluationContext(config: config, bindings: [(.record, record.templateValue)]))
    guard let name = given.map(\.text) ?? UUID().uuidString.lowercased() else {
      throw ConnectorError(.system, "`filename_extractor` of stream `\(streamName)` should give a text")
    }
    // As in the reference, a slash at the beginning counts for nothing.
    let own = name.utf8.drop { $0 == UInt8(ascii: "/") }
    do { return try ContainedPath(named: streamName, String(decoding: own, as: UTF8.self)) } catch {
      throw ConnectorError(
        .system, "A file of stream `\(streamName)` cannot be called `\(name)`: \(error)")
    }
  }
}
