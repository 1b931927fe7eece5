import AirbyteProtocol
import CZlib
import Foundation
import JSON

/// Unpacks the files of a zip archive, in the order of its directory, and hands each on to another decoder.
///
/// The directory stands at the end of an archive, so the archive is put into a temporary file; its files are read from there in parts.
struct ZipfileDecoder: Component, Decoder {
  private let inner: any PartwiseDecoder

  init(from node: ComponentNode, in context: BuildContext) throws {
    inner = try NestedDecoder.build(node.required("decoder"), in: context)
  }

  var reception: Reception { .parts }

  func decode(_ response: HTTPResponse) throws -> DecodedBody {
    try response.checkReceived()
    let file = try TemporaryFile()
    try file.append(response.body)
    let archive = try open(file)
    var values = ParsedValues()
    for entry in archive.entries {
      try naming(entry) {
        let parser = try inner.parser()
        var reader = try archive.reader(entry)
        while let part = try reader.next() { try part.withUnsafeBytes { try parser.parse($0, into: &values) } }
        try parser.finish(into: &values)
      }
    }
    return values.take()
  }

  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    let file = try TemporaryFile()
    var parts = response.parts
    while let part = try await parts.next() { try file.append(part) }
    let archive = try open(file)
    var values = ParsedValues()
    for entry in archive.entries {
      do {
        let parser = try inner.parser()
        var reader = try archive.reader(entry)
        while let part = try reader.next() {
          guard try await inner.parse(part, parser, &values, batch) else { return }
        }
        try parser.finish(into: &values)
      } catch {
        if !values.views.isEmpty, !(error is CancellationError) { _ = try await batch(values.take()) }
        throw named(error, entry)
      }
    }
    if !values.views.isEmpty { _ = try await batch(values.take()) }
  }

  private func open(_ file: TemporaryFile) throws -> ZipArchive {
    do { return try ZipArchive(file) } catch let error as ZipError {
      throw ConnectorError(.system, "The response is not a zip archive that can be read: \(error).")
    }
  }

  private func naming(_ entry: ZipArchive.Entry, _ body: () throws -> Void) throws {
    do { try body() } catch { throw named(error, entry) }
  }

  /// The error with the file's name, where it is about the file.
  private func named(_ error: any Error, _ entry: ZipArchive.Entry) -> any Error {
    switch error {
    case let error as ConnectorError:
      ConnectorError(error.failureType, "The file `\(entry.name)` of the zip archive cannot be read: \(error.message)")
    case is InflateError, is ZipError:
      ConnectorError(.system, "The file `\(entry.name)` of the zip archive cannot be unpacked: \(error).")
    default: error
    }
  }
}
