import Foundation
import Jinja
import Synchronization

/// A regular expression by the rules of Python's `re`, run by the system's engine.
package final class PythonRegex: Sendable {
  package let pattern: String
  private let expression: NSRegularExpression
  private let groupNames: [String: Int]

  /// Throws a value error for a pattern that Python refuses, or that the engine cannot run.
  package init(_ pattern: String, ignoreCase: Bool = false) throws(TemplateError) {
    self.pattern = pattern
    var translation = PythonRegexTranslation(pattern)
    let translated = try translation.translate()
    groupNames = translation.groupNames
    var options: NSRegularExpression.Options = [.useUnixLineSeparators]
    if ignoreCase { options.insert(.caseInsensitive) }
    do {
      expression = try NSRegularExpression(pattern: translated, options: options)
    } catch {
      throw TemplateError(.value, "The regular expression '\(pattern)' is not valid.")
    }
  }

  package var groupCount: Int { expression.numberOfCaptureGroups }

  private static let capacity = 256
  private static let cache = Mutex<[String: PythonRegex]>([:])

  /// The compiled form of `pattern`, which is kept: a template runs it for each record.
  package static func cached(_ pattern: String) throws(TemplateError) -> PythonRegex {
    if let known = cache.withLock({ $0[pattern] }) { return known }
    let compiled = try PythonRegex(pattern)
    cache.withLock { cache in
      if cache.count >= capacity { cache.removeAll(keepingCapacity: true) }
      cache[pattern] = compiled
    }
    return compiled
  }

  /// Whether the pattern is found anywhere in `text`, as `re.search` does.
  package func isFound(in text: String) throws(TemplateError) -> Bool { try !matches(in: text, limit: 1).isEmpty }

  /// The first group of the first match: empty where there is no match or no group, `None` where the group took no part.
  func firstGroup(in text: String) throws(TemplateError) -> Value {
    guard groupCount > 0, let match = try matches(in: text, limit: 1).first else { return .string("") }
    let range = match.range(at: 1)
    guard range.location != NSNotFound else { return .none }
    return .string((text as NSString).substring(with: range))
  }

  /// `re.sub(pattern, replacement, text)`.
  func replacing(_ replacement: String, in text: String, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    let template = try RegexReplacement(replacement, groupCount: groupCount, groupNames: groupNames)
    let matches = try matches(in: text, limit: nil)
    if matches.isEmpty { return text }
    let source = text as NSString
    var output = ""
    var position = 0
    for match in matches {
      output += source.substring(with: NSRange(location: position, length: match.range.location - position))
      template.append(to: &output, match, source)
      position = match.range.location + match.range.length
      try evaluation.charge(text: output.utf8.count)
    }
    return output + source.substring(from: position)
  }

  /// How often a match may report that it is still at work before it is given up.
  private static let patience = 2_000

  /// Throws a limit error for a match that takes too long: nested repetitions can take time without end.
  private func matches(in text: String, limit: Int?) throws(TemplateError) -> [NSTextCheckingResult] {
    let range = NSRange(location: 0, length: text.utf16.count)
    var found: [NSTextCheckingResult] = []
    var reports = 0
    var isStuck = false
    expression.enumerateMatches(in: text, options: [.reportProgress], range: range) { result, _, stop in
      if let result {
        found.append(result)
        if found.count == limit { stop.pointee = true }
      } else {
        reports += 1
        if reports > Self.patience {
          isStuck = true
          stop.pointee = true
        }
      }
    }
    if isStuck { throw TemplateError(.limit, "The regular expression '\(pattern)' takes too many steps.") }
    return found
  }
}
