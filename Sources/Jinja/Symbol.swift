import Synchronization

/// A variable's name, interned for the life of the process so that a look-up compares integers.
package struct Symbol: Sendable, Hashable {
  package let id: Int

  private struct Table {
    var ids: [String: Int] = [:]
    var names: [String] = []
  }

  private static let table = Mutex(Table())

  /// Interns `name`. Takes a lock: meant for the time when templates are compiled and contexts are laid out.
  package init(_ name: String) {
    id = Self.table.withLock { table in
      if let known = table.ids[name] { return known }
      let fresh = table.names.count
      table.names.append(name)
      table.ids[name] = fresh
      return fresh
    }
  }

  package var name: String {
    Self.table.withLock { table in id < table.names.count ? table.names[id] : "" }
  }
}

extension Symbol: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

extension Symbol {
  package static let config = Symbol("config")
  package static let parameters = Symbol("parameters")
  package static let record = Symbol("record")
  package static let response = Symbol("response")
  package static let headers = Symbol("headers")
  package static let streamSlice = Symbol("stream_slice")
  package static let streamInterval = Symbol("stream_interval")
  package static let streamPartition = Symbol("stream_partition")
  package static let nextPageToken = Symbol("next_page_token")
  package static let lastPageSize = Symbol("last_page_size")
  package static let lastRecord = Symbol("last_record")
}
