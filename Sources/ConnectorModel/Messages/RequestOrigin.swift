import Manifest

/// What a request is made for, and where the manifest has its parts: for recordings.
package struct RequestOrigin: Sendable {
  /// What all requests of one requester have in common.
  package final class Requester: Sendable {
    /// The stream that logs and errors show; empty outside of streams.
    package let stream: String
    package let node: ManifestNode
    /// The properties of the node that requests are made of.
    package let properties: [String]

    package init(stream: String, node: ManifestNode, properties: [String]) {
      self.stream = stream
      self.node = node
      self.properties = properties
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

  package init(_ requester: Requester, slice: StreamSlice) {
    self.requester = requester
    self.slice = slice
  }
}
