import AirbyteProtocol
import CZlib
import ConnectorModel
import Essentials
import HTTP
import JSON
import Synchronization

/// Counts what comes out of an archive.
private struct Unpacked {
  /// As much may come out before its ratio counts.
  private static let unchecked = 16 << 20
  let archiveSize: Int
  let limit: Limit
  private var count = 0

  init(archiveSize: Int, limit: Limit) {
    self.archiveSize = archiveSize
    self.limit = limit
  }

  mutating func add(_ part: Data) throws(ZipError) {
    count += part.count
    if count > Self.unchecked, count / limit.value > archiveSize {
      throw ZipError("the archive holds more than \(limit.value) times its size, which \(limit.variable) can change")
    }
  }
}

/// Unpacks the files of a zip archive, in the order of its directory, and hands each on to another decoder.
///
/// The directory is at the end of an archive, so the archive is put into a temporary file; its files are read from there in parts.
struct ZipfileDecoder: Component, Decoder {
  private let inner: NestedDecoder
  private let limits: TransferLimits

  init(from node: ComponentNode, in scope: BuildScope) throws {
    inner = try NestedDecoder(node.required("decoder"), in: scope)
    limits = try TransferLimits(scope.runtime.environment)
  }

  var reception: Reception { .parts }

  func decode(_ response: HTTPResponse) async throws -> DecodedBody {
    try response.checkReceived()
    let file = try TemporaryFile()
    try file.append(response.body)
    let archive = try open(file)
    var values = ParsedValues()
    var unpacked = Unpacked(archiveSize: file.size, limit: limits.inflationRatio)
    for entry in archive.entries {
      do {
        var reader = try archive.reader(entry)
        switch inner {
        case .partwise(let inner):
          let parser = try inner.parser(charset: response.charset)
          while let part = try reader.next() {
            try unpacked.add(part)
            try part.withUnsafeBytes { try parser.parse($0, into: &values) }
          }
          try parser.finish(into: &values)
        case .ofResponses(let inner):
          var whole = Data()
          while let part = try reader.next() {
            try unpacked.add(part)
            whole.append(part)
          }
          values.append(Array(try await inner.decode(response.with(.received(ReceivedBody(whole))))))
        }
      } catch { throw named(error, entry) }
    }
    return values.take()
  }

  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    let file = try TemporaryFile()
    var parts = response.parts
    while let part = try await parts.next() { try file.append(part) }
    let archive = try open(file)
    let unpacked = Unpacked(archiveSize: file.size, limit: limits.inflationRatio)
    switch inner {
    case .partwise(let inner): try await decode(archive, unpacked, of: response, by: inner, batch)
    case .ofResponses(let inner): try await decode(archive, unpacked, of: response, by: inner, batch)
    }
  }

  private func decode(
    _ archive: ZipArchive, _ unpacked: Unpacked, of response: HTTPResponse, by inner: any PartwiseDecoder,
    _ batch: (DecodedBody) async throws -> Bool
  ) async throws {
    var (unpacked, values) = (unpacked, ParsedValues())
    var room = DecodingRoom(response)
    for entry in archive.entries {
      do {
        let parser = try inner.parser(charset: response.charset)
        var reader = try archive.reader(entry)
        while let part = try reader.next() {
          try unpacked.add(part)
          guard try await inner.parse(part, parser, &values, &room, batch) else { return }
        }
        try parser.finish(into: &values)
      } catch {
        if !values.views.isEmpty, !(error is CancellationError) { _ = try await batch(values.take()) }
        throw named(error, entry)
      }
    }
    if !values.views.isEmpty { _ = try await batch(values.take()) }
  }

  private func decode(
    _ archive: ZipArchive, _ unpacked: Unpacked, of response: HTTPResponse, by inner: any Decoder,
    _ batch: (DecodedBody) async throws -> Bool
  ) async throws {
    let unpacked = Mutex(unpacked)
    let isEnough = Mutex(false)
    for entry in archive.entries {
      do {
        let reader = Mutex(try archive.reader(entry))
        let body = UnpackedBody {
          guard let part = try reader.withLock({ try $0.next() }) else { return nil }
          try unpacked.withLock { try $0.add(part) }
          return part
        }
        try await body.read(of: response, by: inner) { values in
          let isMoreWanted = try await batch(values)
          if !isMoreWanted { isEnough.withLock { $0 = true } }
          return isMoreWanted
        }
      } catch { throw named(error, entry) }
      if isEnough.withLock({ $0 }) { return }
    }
  }

  private func open(_ file: TemporaryFile) throws -> ZipArchive {
    do { return try ZipArchive(file, limit: limits.recordBytes) } catch let error as ZipError {
      if error.isCutOff { throw TransportError.cutOff("it is a zip archive without its end") }
      throw ConnectorError(.system, "The response is not a zip archive that can be read: \(error)")
    }
  }

  /// The error with the file's name, where it is about the file.
  private func named(_ error: any Error, _ entry: ZipArchive.Entry) -> any Error {
    switch error {
    case let error as ConnectorError:
      ConnectorError(error.failureType, "The file `\(entry.name)` of the zip archive cannot be read: \(error.message)")
    // Its checksum is right, so nothing of it got lost on the way.
    case let error as TransportError:
      ConnectorError(.system, "The file `\(entry.name)` of the zip archive cannot be read: \(error.message)")
    case is InflateError, is ZipError:
      ConnectorError(.system, "The file `\(entry.name)` of the zip archive cannot be unpacked: \(error)")
    default: error
    }
  }
}
