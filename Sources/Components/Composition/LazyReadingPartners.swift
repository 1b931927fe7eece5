import AirbyteProtocol
import ConnectorModel
import Manifest

/// A retriever whose first pages are in its parent's records has to be able to continue from a page that it did not ask for.
enum LazyReadingPartners: CompositionRule {
  static var subjects: [any Component.Type] { [SimpleRetriever.self] }

  static func violations(of retriever: ComponentNode, in scope: BuildScope) -> [ConnectorError] {
    guard LazyReading.isDeclared(by: retriever) else { return [] }
    let actions = actionViolations(of: retriever)
    // As in the reference, the rest counts only where the parent's pages are used.
    guard LazyReading.isWanted(by: retriever, in: scope) else { return actions }
    return actions + cursorViolations(in: scope) + decoderViolations(of: retriever)
  }

  private static func actionViolations(of retriever: ComponentNode) -> [ConnectorError] {
    let actions = [
      ("page_size_reduction", ResponseAction.reducePageSize), ("request_window_splitting", .splitRequestWindow),
    ]
    return actions.filter { property, action in
      retriever[property] != nil || RequesterActions.contain(action, in: retriever["requester"])
    }.map { property, action in
      ConnectorError(
        .system, "`\(property)` and the action \(action.rawValue) cannot be combined with `lazy_read_pointer`",
        at: retriever[property] ?? retriever.node)
    }
  }

  private static func cursorViolations(in scope: BuildScope) -> [ConnectorError] {
    guard let sync = scope.reading.incrementalSync else { return [] }
    guard sync["type"]?.string == DatetimeBasedCursor.typeName else {
      return [ConnectorError(.system, "With `lazy_read_pointer` the cursor has to be a `DatetimeBasedCursor`", at: sync)]
    }
    return ["step", "cursor_granularity"].compactMap { property in
      guard let node = sync[property], node.string?.isEmpty == false else { return nil }
      return ConnectorError(
        .system, "With `lazy_read_pointer` a partition has one slice, so `\(property)` cannot be given", at: node)
    }
  }

  private static func decoderViolations(of retriever: ComponentNode) -> [ConnectorError] {
    guard let decoder = retriever["decoder"], decoder["type"]?.string != JsonDecoder.typeName else { return [] }
    return [ConnectorError(.system, "With `lazy_read_pointer` the decoder has to be a `JsonDecoder`", at: decoder)]
  }
}
