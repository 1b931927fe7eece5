import JSON

/// A tap as it is named on a command line.
struct TapName: Sendable, Hashable {
  /// What begins the name of a Python package.
  static let packagePrefix = "pip:"

  let program: SingerManifest.Program

  /// - Parameter text: a program, with its own arguments behind blanks; or a package, as in `pip:tap-shop==1.2`.
  init(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace).map { String($0) }
    guard let first = words.first, words.count == 1, first.hasPrefix(Self.packagePrefix) else {
      program = .command(words)
      return
    }
    let requirement = String(first.dropFirst(Self.packagePrefix.count))
    if let mark = requirement.firstRange(of: "==") {
      program = .python(
        PythonTap(package: String(requirement[..<mark.lowerBound]), version: String(requirement[mark.upperBound...])))
    } else {
      program = .python(PythonTap(package: requirement))
    }
  }

  /// The member `tap` of a manifest.
  var json: JSONValue {
    switch program {
    case .command(let words): return ["command": .array(words.map { .string($0) })]
    case .python(let python):
      var object: JSONObject = ["package": .string(python.package)]
      if let version = python.version { object["version"] = .string(version) }
      return ["python": .object(object)]
    }
  }

  /// The name for sentences.
  var text: String {
    switch program {
    case .command(let words): words.joined(separator: " ")
    case .python(let python): Self.packagePrefix + python.requirement
    }
  }
}
