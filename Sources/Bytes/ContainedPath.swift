/// A path that stays in the folder that it is taken from: the names of its steps, without `.` and `..`.
///
/// The one place where paths come from names that somebody else chose: those of manifests, configs and APIs.
package struct ContainedPath: Sendable, Hashable, CustomStringConvertible {
  package let steps: [String]

  /// As Linux has it (`NAME_MAX`, and `PATH_MAX` with the zero byte at its end), in bytes.
  private static let maximumStep = 255
  static let maximumPath = 4095

  /// The path of something that is named by data: each part may have several steps, as in `reports/2024`.
  ///
  /// As with Python's `pathlib`, empty steps and `.` count for nothing.
  /// - Throws: ``FileError`` for a part that is empty, absolute, or has `..`, and for what no file can be called.
  package init(named parts: String...) throws(FileError) {
    var steps: [String] = []
    for part in parts {
      guard part.utf8.first != UInt8(ascii: "/") else { throw .refused("it begins with a slash") }
      let own = Self.split(part)
      guard !own.isEmpty else { throw .refused("it names no file") }
      // Who copies the file to another system may find that a backslash parts steps there.
      let isLeadingOut = own.contains { $0.utf8.split(separator: UInt8(ascii: "\\")).contains { $0.elementsEqual("..".utf8) } }
      guard !isLeadingOut else { throw FileError.leadsOut }
      steps += own
    }
    try self.init(checking: steps)
  }

  /// The path of a file that another file refers to: `..` takes back the step before it.
  /// - Throws: ``FileError`` if the path leads out of the folder, even if it came back, and for what no file can be called.
  package init(referring path: String) throws(FileError) {
    guard path.utf8.first != UInt8(ascii: "/") else { throw FileError.leadsOut }
    var steps: [String] = []
    for step in Self.split(path) {
      if step != ".." { steps.append(step) } else if steps.popLast() == nil { throw FileError.leadsOut }
    }
    guard !steps.isEmpty else { throw .refused("it names no file") }
    try self.init(checking: steps)
  }

  private init(checking steps: [String]) throws(FileError) {
    for step in steps {
      guard !step.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
        throw .refused("it has a control character")
      }
      guard step.utf8.count <= Self.maximumStep else { throw .refused("a part of it is longer than \(Self.maximumStep) bytes") }
    }
    guard steps.reduce(steps.count - 1, { $0 + $1.utf8.count }) <= Self.maximumPath else {
      throw .refused("it is longer than \(Self.maximumPath) bytes")
    }
    self.steps = steps
  }

  /// By bytes: a slash is one whatever mark follows it.
  static func split(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }.filter { $0 != "." }
  }

  package var description: String { steps.joined(separator: "/") }
}
