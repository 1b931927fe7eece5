import Synchronization

/// What templates read of their variables. Each template is looked at once, however many requests are made of it.
package final class TemplateReadings: Sendable {
  struct Reading: Sendable {
    /// The variable.
    let name: String
    /// What is read of it.
    let steps: [String]
  }

  private struct Key: Hashable {
    let template: String
    let names: [String]
  }

  private let known = Mutex<[Key: [Reading]]>([:])

  package init() {}

  /// - Parameter names: the variables that the template is given, besides those that every template of a requester has.
  /// - Returns: what it reads, by the order of the variables' names.
  func readings(of names: [String], in template: String) -> [Reading] {
    let key = Key(template: template, names: names)
    if let readings = known.withLock({ $0[key] }) { return readings }
    let all = Set(names + ["stream_interval", "stream_partition", "parameters"])
    let readings = all.sorted().flatMap { name in
      TemplatePaths.paths(from: name, in: template).map { Reading(name: name, steps: $0.steps) }
    }
    known.withLock { $0[key] = readings }
    return readings
  }
}
