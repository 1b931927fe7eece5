import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON

/// The folder that holds the parts of a read and their index.
package struct PartFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

  private var index: String { "\(path)/\(Division.indexName)" }

  /// Whether there is an index, so that the folder is complete.
  package var isThere: Bool { access(index, F_OK) == 0 }

  // MARK: Writing

  /// Makes sure that the folder may be written: it is new, empty, or holds an earlier division.
  /// - Throws: ``ConnectorError``
  package func prepare() throws {
    if let isFolder = FileManager.default.isFolder(atPath: path) {
      guard isFolder else { throw ConnectorError(.config, "\(path) is a file; the parts need a folder of their own") }
      let others = try names().filter { !isPart($0) && $0 != Division.indexName && !$0.hasPrefix(".") }
      guard others.isEmpty else {
        throw ConnectorError(
          .config, "The folder \(path) holds other files, such as \(others[0]): give the parts a folder of their own")
      }
      return
    }
    do { try Folders.make(path) } catch {
      throw ConnectorError(.config, "The folder \(path) cannot be made: \(error)")
    }
  }

  /// Writes all parts, then the index. What was there of an earlier division is removed.
  /// - Throws: ``ConnectorError`` if something cannot be written.
  package func write(_ read: DividedRead) throws {
    try prepare()
    // Without an index the folder counts for nothing, should this be interrupted.
    unlink(index)
    let files = Set(read.division.parts.map(\.file))
    for name in try names() where isPart(name) && !files.contains(name) { unlink("\(path)/\(name)") }
    do throws(FileError) {
      for part in read.division.parts {
        let file = try Descriptor(open("\(path)/\(part.file)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
        try file.write(read.file(of: part.number))
      }
      let file = try AtomicFile(path: index, permissions: .usual)
      try file.write(Array((JSONValue.object(read.division.json).jsonText + "\n").utf8))
      try file.putInPlace()
    } catch {
      throw ConnectorError(.system, "The parts cannot be written into \(path): \(error)")
    }
  }

  private func names() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw ConnectorError(.config, "The folder \(path) cannot be read", internalMessage: FileError.reason(of: error))
    }
  }

  private func isPart(_ name: String) -> Bool {
    name.hasSuffix(".json") && name.count > 5 && name.dropLast(5).utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  // MARK: Reading

  /// - Throws: ``ConnectorError`` if there is no index that can be used.
  package func division() throws -> Division {
    guard isThere else {
      throw ConnectorError(
        .config, "\(path) has no \(Division.indexName): it is not a folder that `shard` wrote, or `shard` did not come to its end"
      )
    }
    return try Division(Self.object(index), at: index)
  }

  /// - Throws: ``ConnectorError`` if the part is missing, or of another division.
  package func part(_ part: Division.Part, of division: Division) throws -> ReadPart {
    let file = "\(path)/\(part.file)"
    let read = try ReadPart(Self.object(file), at: file)
    guard read.division == division.id, read.number == part.number else {
      throw ConnectorError(.config, "\(file) is not of the division that \(index) describes: divide the read again with `shard`")
    }
    return read
  }

  /// The path of the file that the environment asks for.
  /// - Parameter environment: has the number in `JOB_COMPLETION_INDEX`, as the pods of an indexed Kubernetes Job do.
  /// - Throws: ``ConnectorError`` if it names no part.
  package func file(for environment: [String: String]) throws -> String {
    let variable = Self.indexVariable
    let division = try division()
    guard let text = environment[variable], !text.isEmpty else {
      throw ConnectorError(
        .config,
        "\(path) is a folder: name one of its parts, or set \(variable) to the number of one (0 to \(division.parts.count - 1))")
    }
    guard let number = Int(text), let part = division.parts.first(where: { $0.number == number }) else {
      throw ConnectorError(
        .config, "\(variable) should be the number of a part of \(path), from 0 to \(division.parts.count - 1)")
    }
    return "\(path)/\(part.file)"
  }

  package static let indexVariable = "JOB_COMPLETION_INDEX"

  /// - Throws: ``ConnectorError`` if the file is not a JSON object.
  package static func object(_ path: String) throws -> JSONObject {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConnectorError(.config, "\(path) does not exist or cannot be read: divide the read again with `shard`")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: [UInt8](data))
    } catch {
      throw ConnectorError(
        .config,
        "\(path):\(error.line):\(error.column): it is not valid JSON: \(error.message). Divide the read again with `shard`")
    }
    guard let object = value.object else { throw ReadPart.damaged(path) }
    return object
  }
}
