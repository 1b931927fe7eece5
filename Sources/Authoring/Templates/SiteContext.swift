import AirbyteProtocol
import Components
import ConnectorModel
import Engine
import JSON
import Jinja
import Manifest

/// What templates see at a place of a manifest before anything was requested: the config, the parameters, and the first slice of the
/// stream.
package struct SiteContext: Sendable {
  private let site: TemplateSite
  private let connector: PreparedConnector
  private let offline: OfflineRuntime
  /// What was given besides.
  private let given: JSONObject

  /// - Parameters:
  ///   - connector: the manifest and its config, in surroundings without a network.
  ///   - given: variables with their values; those that the place does not have are left out.
  package init(_ site: TemplateSite, of connector: PreparedConnector, in offline: OfflineRuntime, given: JSONObject) {
    self.site = site
    self.connector = connector
    self.offline = offline
    self.given = given.filter { name, _ in
      name != "config" && (site.variables?.contains(name) ?? true || !Self.described.contains(name))
    }
  }

  /// The variables that templates have in one place or another.
  private static let described = Set(
    (ComponentSchema.document["interpolation"]?["variables"]?.array ?? []).compactMap { $0["title"]?.string })

  /// The given variables that templates do not have at this place.
  package static func strangers(to site: TemplateSite, among given: JSONObject) -> [String] {
    given.keys.filter { $0 != "config" && described.contains($0) && site.variables?.contains($0) == false }
  }

  /// - Parameters:
  ///   - template: what will be evaluated there; nil for anything, as far as it can be.
  /// - Throws: ``ConnectorError`` for a name that the template reads and only a run gives a value.
  package func evaluation(for template: ManifestNode?) async throws -> EvaluationContext {
    let reads = template.map(TemplateSite.reads)
    let config = connector.scope.templateConfig
    var context = EvaluationContext(config: config)
    var known: Set<String> = ["config", "parameters"]
    if site.variables?.contains("next_page_token") ?? false {
      // So it is for the first page.
      context.bindings.append((Symbol("next_page_token"), .none))
      known.insert("next_page_token")
    }
    if given["stream_slice"] == nil {
      do {
        if reads.map(needsSlice) ?? true, let slice = try await firstSlice() {
          context = slice.evaluationContext(config: config, token: nil)
          known.formUnion(context.names)
        }
      } catch { if reads != nil { throw error } }
    }
    context.bindings += try EvaluationContext(given).bindings
    known.formUnion(given.keys)
    if known.contains("stream_slice") { known.formUnion(Self.sliceNames) }
    if let name = reads?.subtracting(known).filter({ site.variables?.contains($0) ?? true }).min() {
      throw ConnectorError(
        .config, "`\(name)` has a value only during a run: give one in the file of --context, as in {\"\(name)\": …}",
        at: site.node)
    }
    return context
  }

  private static let sliceNames: Set<String> = ["stream_slice", "stream_interval", "stream_partition"]

  /// Whether the template reads the slice, or a name that may be that of one of its extra fields.
  private func needsSlice(_ reads: Set<String>) -> Bool {
    reads.subtracting(given.keys).contains { Self.sliceNames.contains($0) || !Self.described.contains($0) }
  }

  /// Stops the search for slices with the first one.
  private struct Found: Error {
    let slice: StreamSlice
  }

  /// The first slice that a read without a state has; nil if the place is in no stream, or the stream has none.
  private func firstSlice() async throws -> StreamSlice? {
    guard let node = site.stream, site.variables?.contains("stream_slice") ?? true else { return nil }
    do {
      try await connector.stream(node).cursor.slices { throw Found(slice: $0) }
      return nil
    } catch let found as Found {
      return found.slice
    } catch {
      guard offline.wasAsked else { throw error }
      throw ConnectorError(
        .config,
        "The first slice of the stream comes from the API, so that it is known only during a run: give one in the file of --context, "
          + "as in {\"stream_slice\": {\"id\": 1}}", at: site.node)
    }
  }
}
