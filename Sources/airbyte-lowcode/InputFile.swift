import AirbyteProtocol
import Foundation
import JSON
import LowCode

/// Files that the user names; every failure says which file and why.
enum InputFile {
  /// - Throws: ``ConnectorError`` where the file cannot be read.
  static func bytes(_ path: String) throws -> [UInt8] {
    do {
      if path == "-" { return try FileHandle.standardInput.readToEnd().map { Array($0) } ?? [] }
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "does not exist"
      throw ConnectorError(.config, "The file \(path) \(reason).", internalMessage: "\(path): \(error.localizedDescription)")
    }
  }

  /// - Throws: ``ConnectorError`` where the file is not JSON.
  static func json(_ path: String, _ what: String) throws -> JSONValue {
    do {
      return try JSONValue(parsing: bytes(path))
    } catch let error as JSONError {
      throw ConnectorError(
        .config, "The \(what) \(path) is not valid JSON: \(error.message).",
        location: SourceLocation(file: path, line: error.line, column: error.column))
    }
  }

  /// - Throws: ``ConnectorError`` where the file is not a JSON object.
  static func object(_ path: String, _ what: String) throws -> JSONObject {
    guard let object = try json(path, what).object else {
      throw ConnectorError(.config, "The \(what) \(path) should hold a JSON object.")
    }
    return object
  }
}
