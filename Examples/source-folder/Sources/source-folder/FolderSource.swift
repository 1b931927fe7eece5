import Foundation
import LowCode

/// Reads a folder of CSV files: each is a stream, and lines that were added since the last read are all that the next one reads.
@main
struct FolderSource: StreamedSource {
  static let specification: JSONObject = [
    "type": "object",
    "title": "A folder of CSV files",
    "required": ["folder"],
    "properties": [
      "folder": ["type": "string", "title": "Folder", "description": "Where the files are."],
      "separator": ["type": "string", "title": "Separator", "default": ",", "maxLength": 1, "minLength": 1],
    ],
  ]

  private let folder: URL
  private let separator: Character

  init(config: JSONObject, runtime: RuntimeEnvironment) throws {
    folder = URL(fileURLWithPath: config["folder"]?.string ?? "")
    separator = config["separator"]?.string?.first ?? ","
  }

  static func main() { SourceProgram<FolderSource>.main() }

  var streams: [any SourceStream] {
    get throws {
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      } catch {
        throw ConnectorError(.config, "The folder \(folder.path) cannot be read", remedy: "name another one in the config")
      }
      return try names.filter { $0.hasSuffix(".csv") }.sorted().map { name in
        try CSVFile(folder.appending(path: name), name: String(name.dropLast(4)), separator: separator)
      }
    }
  }
}
