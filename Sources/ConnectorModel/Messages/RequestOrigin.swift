import Manifest
import Synchronization

/// What a request is made for, and where the manifest has its parts: for recordings.
package struct RequestOrigin: Sendable {
  /// What all requests of one requester have in common.
  package final class Requester: Sendable {
    /// The stream that logs and errors show; empty outside of streams.
    package let stream: String
    package let node: ManifestNode
    /// The properties of the node that requests are made of.
    package let properties: [String]
    /// The top level of the manifest, where there is one.
    package let manifest: ManifestNode?

    package init(stream: String, node: ManifestNode, properties: [String], manifest: ManifestNode? = nil) {
      self.stream = stream
      self.node = node
      self.properties = properties
      self.manifest = manifest
    }

    /// Where the manifest has the parts of a request: each field of a mapping has a place of its own.
    package var places: [(part: String, node: ManifestNode)] {
      properties.flatMap { property -> [(part: String, node: ManifestNode)] in
        guard let value = node[property], !value.isNull else { return [] }
        guard let entries = value.entries, value["type"] == nil else { return [(property, value)] }
        return entries.filter { !$0.key.hasPrefix("$") }.map { ("\(property).\($0.key)", $0.node) }
      }
    }
  }

  package let requester: Requester
  package let slice: StreamSlice
  /// Counted from 1.
  package var attempt = 1
  /// What it was put together from; nil unless somebody will ask: see ``RuntimeEnvironment/explainsRequests``.
  package var making: RequestMaking?
  /// What became of the attempt; nil unless somebody will ask.
  package var history: RequestHistory?

  package init(_ requester: Requester, slice: StreamSlice) {
    self.requester = requester
    self.slice = slice
  }
}

/// Something that a component beside the requester puts into a request.
package struct RequestAddition: Sendable {
  /// The part of the request, as `inject_into` names it: `request_parameter`, `header`, `body_data`, `body_json`.
  package let place: String
  package let name: String
  /// Where the manifest says so; nil for what an authenticator adds by itself.
  package let node: ManifestNode?

  package init(place: String, name: String, node: ManifestNode?) {
    self.place = place
    self.name = name
    self.node = node
  }
}

/// What a request was put together from.
package final class RequestMaking: Sendable {
  /// The variables that its templates saw.
  package let context: EvaluationContext
  /// What paginator, cursor and partition router added.
  package let additions: [RequestAddition]
  /// What the authenticator added.
  package let credentials: [RequestAddition]
  /// Whether its address is the one that the page before named.
  package let followsLink: Bool

  package init(
    context: EvaluationContext, additions: [RequestAddition], credentials: [RequestAddition], followsLink: Bool
  ) {
    self.context = context
    self.additions = additions
    self.credentials = credentials
    self.followsLink = followsLink
  }
}

/// What became of one attempt to send a request.
package final class RequestHistory: Sendable {
  /// Something that the attempt waited for before it was sent.
  package struct Delay: Sendable {
    package let seconds: Double
    /// What asked for it, with its place in the manifest.
    package let policy: String
  }

  /// What was decided about the answer.
  package struct Verdict: Sendable {
    package let action: ResponseAction
    /// Who decided, with the place in the manifest; nil for the defaults.
    package let judge: String?
    package let message: String?
  }

  private struct State {
    var delays: [Delay] = []
    var verdict: Verdict?
  }

  private let state = Mutex(State())

  package init() {}

  package var delays: [Delay] { state.withLock { $0.delays } }
  package var verdict: Verdict? { state.withLock { $0.verdict } }

  package func waited(_ seconds: Double, for policy: String) {
    state.withLock { $0.delays.append(Delay(seconds: seconds, policy: policy)) }
  }

  package func judged(_ resolution: ErrorResolution) {
    state.withLock {
      $0.verdict = Verdict(action: resolution.action, judge: resolution.origin, message: resolution.message)
    }
  }
}
