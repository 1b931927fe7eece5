import AirbyteProtocol
import Bytes
import Concurrency
import ConnectorModel
import Essentials
import JSON
import YAML

/// Files that the user names; every failure says which file and why.
enum InputFile {
  /// Opens the file at `path`, or standard input for `-`; `what` says what it is for, as in "config".
  /// - Throws: ``ConnectorError`` if the file does not exist, or cannot be opened.
  @discardableResult static func open(_ path: String, _ what: String) throws -> Descriptor {
    let file = "The \(what) \(path.isEmpty ? "``" : path)"
    let isFolder = path == "-" ? false : FileManager.default.isFolder(atPath: path)
    guard let isFolder else {
      guard !GivenArguments.isContent(path) else {
        throw ConnectorError(
          .config,
          "There is no such \(what): it is named by the path of a file, or by `-` for standard input. What was given instead may "
            + "hold secrets and is not shown")
      }
      throw ConnectorError(.config, "\(file) does not exist")
    }
    guard !StandardOutput.replaces(path == "-" ? "/dev/stdin" : path) else {
      throw ConnectorError(
        .config,
        "\(file) is the file that the output goes to, which the shell has emptied to begin with: name another file for the output. What "
          + "\(file.prefix(1).lowercased() + file.dropFirst()) held is gone, unless there is a copy")
    }
    guard !isFolder else {
      // A folder stands for the manifest in it.
      let isManifest = what == "manifest"
      throw ConnectorError(
        .config,
        isManifest
          ? "There is no \(ManifestOptions.usualName) in the folder \(path)" : "\(file) is a folder; it should be a file")
    }
    do throws(FileError) { return path == "-" ? try .standardInput() : try Descriptor(file: path) } catch {
      throw ConnectorError(.config, "\(file) cannot be opened: \(SystemLimits.reason(error.code ?? 0))")
    }
  }

  /// The bytes of the file at `path`, or of standard input for `-`.
  /// - Throws: ``ConnectorError`` if they cannot be read.
  static func bytes(_ path: String, _ what: String) throws -> [UInt8] {
    let file = try open(path, what)
    let bytes: [UInt8]
    do throws(FileError) { bytes = try file.read(upTo: maximumBytes + 1) } catch {
      throw ConnectorError(.config, "The \(what) \(path) cannot be read", internalMessage: "\(path): \(error)")
    }
    guard bytes.count <= maximumBytes else { throw tooLarge(path, what) }
    return bytes
  }

  /// What is larger is not a file of a user's, but a device that never ends.
  static let maximumBytes = 128 << 20

  static func tooLarge(_ path: String, _ what: String) -> ConnectorError {
    ConnectorError(.config, "The \(what) \(path) is larger than \(maximumBytes >> 20) MB, which is the limit")
  }

  /// - Throws: ``ConnectorError`` if the file is not JSON.
  static func json(_ path: String, _ what: String) throws -> JSONValue { try json(bytes(path, what), path, what) }

  /// - Throws: ``ConnectorError`` if the bytes of the file are not JSON.
  static func json(_ bytes: [UInt8], _ path: String, _ what: String) throws -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch {
      throw ConnectorError(
        .config, "The \(what) \(path) is not valid JSON: \(error.message)",
        at: SourceMark(file: SourceFile(name: path == "-" ? "<stdin>" : path), line: error.line, column: error.column))
    }
  }

  /// - Throws: ``ConnectorError`` if the file is not a JSON object.
  static func object(_ path: String, _ what: String) throws -> JSONObject { try object(bytes(path, what), path, what) }

  /// - Throws: ``ConnectorError`` if the bytes of the file are not a JSON object.
  static func object(_ bytes: [UInt8], _ path: String, _ what: String) throws -> JSONObject {
    let value = try json(bytes, path, what)
    guard let object = value.object else {
      throw ConnectorError(.config, "The \(what) \(path) should hold a JSON object, but holds \(kind(of: value))")
    }
    return object
  }

  static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isPipe(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  /// Whether a file is one of others, by any name; `-` never is.
  static func isSame(_ path: String, as others: [String?]) -> Bool {
    guard path != "-", let file = FileIdentity(path: path) else { return false }
    return others.contains { other in other != "-" && other.flatMap { FileIdentity(path: $0) } == file }
  }

  /// A path from the root of the file system.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  private static func kind(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "a boolean"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    default: "a number"
    }
  }
}
