import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import PythonTime
import Templating

/// Reads a stream in windows of time, and from where the last read ended.
package struct DatetimeBasedCursor: IncrementalSync {
  package let isDataFeed: Bool
  package let isClientSideIncremental: Bool
  private let field: String
  private let formats: DatetimeCursorFormats
  /// How windows are cut. The reference decides it for each partition again, so that a mistake shows when the first one is read.
  private let cutting: Result<Cutting, ConnectorError>
  private let boundaries: CursorDefinition.Boundaries
  private let start: MinMaxDatetime
  private let end: MinMaxDatetime?
  private let requestOptions: WindowRequestOptions
  private let usesGlobalCursor: Bool

  private struct Cutting {
    var rules: WindowRules
    /// What is taken off a clamped end, so that the last window does not include the next period's first moment.
    var endMargin: CursorDuration
  }

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let parameters = node.parameters
    isDataFeed = try node.bool("is_data_feed", default: false)
    isClientSideIncremental = try node.bool("is_client_side_incremental", default: false)
    usesGlobalCursor = try node.bool("global_substream_cursor", default: false)
    field = try Self.cursorField(node, seeing: parameters, in: scope)

    let evaluation = EvaluationContext(config: scope.templateConfig)
    func text(_ property: String, default fallback: String) throws -> String {
      guard let value = node[property], value.string != "" else { return fallback }
      return try InterpolatedString(value, parameters: parameters).string(evaluation)
    }
    boundaries = CursorDefinition.Boundaries(
      start: try text("partition_field_start", default: "start_time"), end: try text("partition_field_end", default: "end_time"))
    requestOptions = WindowRequestOptions(
      startOption: try scope.build(optional: node["start_time_option"], seeing: parameters),
      endOption: try scope.build(optional: node["end_time_option"], seeing: parameters),
      startField: boundaries.start, endField: boundaries.end)

    cutting = Result { () throws(ConnectorError) in try Self.cutting(node, parameters, evaluation) }
    formats = DatetimeCursorFormats(
      inputs: try node.strings("cursor_datetime_formats"), output: try node.string("datetime_format"),
      granularity: (try? cutting.get())?.rules.granularity)

    start = try MinMaxDatetime(node.required("start_datetime"), parameters: parameters, in: scope)
    end = try node["end_datetime"].flatMap { node in
      node.string == "" ? nil : try MinMaxDatetime(node, parameters: parameters, in: scope)
    }
  }

  package func cursor(router: (any PartitionRouter)?, in scope: BuildScope) throws -> any Cursor {
    let state = scope.stream.state ?? [:]
    guard let router else { return try ConcurrentCursor(definition(try cutting.get(), in: scope), state: state) }
    // A group of partitions changes from read to read, so that a state of its own would never be found again.
    return try ConcurrentPerPartitionCursor(
      partitionDefinition(in: scope), router: router, state: state,
      usesGlobalCursor: usesGlobalCursor || router.changesPartitions, now: scope.runtime.now)
  }

  private func partitionDefinition(in scope: BuildScope) -> CursorDefinition {
    switch cutting {
    case .success(let cutting): definition(cutting, in: scope)
    case .failure(let error):
      definition(Cutting(rules: WindowRules(), endMargin: .fixed(.zero)), in: scope, start: { throw error })
    }
  }

  /// - Parameter failing: replaces the start if that cannot be determined.
  private func definition(
    _ cutting: Cutting, in scope: BuildScope, start failing: (@Sendable () throws -> CursorValue)? = nil
  ) -> CursorDefinition {
    let (formats, now, clamping, window) = (formats, scope.runtime.now, cutting.rules.clamping, scope.stream.window)
    return CursorDefinition(
      streamName: scope.streamName, field: field, converter: .datetime(formats), rules: cutting.rules, boundaries: boundaries,
      readsWindows: true,
      start: failing
        ?? { [start] in
          func own() throws -> PyDateTime { try start.moment(formats.output) }
          return .moment(formats.placed(try window?.start(of: own) ?? own()))
        },
      end: { [end] in
        if let window, !window.narrows, let end = window.end { return .moment(formats.placed(end)) }
        let moment = try end.map { formats.placed(try $0.moment(formats.output)) } ?? PyDateTime(epochMicroseconds: Int128(now()))
        if let limit = window?.end, limit.epochMicroseconds < moment.epochMicroseconds { return .moment(formats.placed(limit)) }
        guard clamping != .none else { return .moment(moment) }
        return try clamping.clamp(.moment(moment), isCeiling: false).subtracting(cutting.endMargin)
      },
      requestOptions: requestOptions, runtime: scope.runtime)
  }

  // MARK: Decoding

  private static func cutting(
    _ node: ComponentNode, _ parameters: JSONObject, _ evaluation: EvaluationContext
  ) throws(ConnectorError) -> Cutting {
    do {
      let granularity = try node["cursor_granularity"].flatMap { try duration($0, $0.string ?? "") }
      let step = try evaluatedDuration(node["step"], parameters, evaluation)
      guard isGiven(node["step"]) == isGiven(node["cursor_granularity"]) else {
        throw ConnectorError(
          .system, "`step` and `cursor_granularity` of a `DatetimeBasedCursor` go together: give both or neither", at: node.node)
      }
      let clamping = try clamping(node, parameters, evaluation)
      let lookback = try evaluatedDuration(node["lookback_window"], parameters, evaluation)
      let rules = WindowRules(
        lookback: lookback.flatMap { $0.isTruthy ? $0 : nil },
        // Without a step one window reaches to the end, by way of the largest duration there is.
        step: step.map { $0.isTruthy ? $0 : nil } ?? .fixed(.max), granularity: granularity.flatMap { $0.isTruthy ? $0 : nil },
        clamping: clamping, isCompareStrictly: try node.bool("is_compare_strictly", default: false),
        boundsAreDates: DatetimeParser(format: try node.string("datetime_format")).smallestUnit == 86_400_000_000,
        sendsEnds: node["end_time_option"] != nil)
      return Cutting(
        rules: rules,
        endMargin: try rules.granularity ?? .fixed(clamping == .day ? PyTimeDelta(seconds: 1) : PyTimeDelta(days: 1)))
    } catch {
      throw ConnectorError(wrapping: error)
    }
  }

  private static func isGiven(_ node: ManifestNode?) -> Bool { !(node?.string ?? "").isEmpty }

  private static func duration(_ node: ManifestNode, _ text: String) throws -> CursorDuration? {
    guard !text.isEmpty else { return nil }
    do {
      return try CursorDuration(iso: text)
    } catch {
      throw ConnectorError(
        .system, "`\(text)` is not an ISO 8601 duration such as P30D or PT1H", at: node, internalMessage: error.description)
    }
  }

  private static func evaluatedDuration(
    _ node: ManifestNode?, _ parameters: JSONObject, _ evaluation: EvaluationContext
  ) throws -> CursorDuration? {
    guard let node, node.string != "" else { return nil }
    let value = try InterpolatedString(node, parameters: parameters).evaluate(evaluation)
    guard value.isTruthy else { return nil }
    guard let text = value.text else {
      throw ConnectorError(.system, "A duration such as P30D or PT1H is expected here", at: node)
    }
    return try duration(node, text)
  }

  private static func clamping(
    _ node: ComponentNode, _ parameters: JSONObject, _ evaluation: EvaluationContext
  ) throws -> Clamping {
    guard let clamping = node["clamping"], let target = clamping["target"] else { return .none }
    switch try InterpolatedString(target, parameters: parameters).string(evaluation) {
    case "DAY": return .day
    case "MONTH": return .month
    case "WEEK":
      guard let weekday = clamping["target_details"]?["weekday"]?.string else {
        throw ConnectorError(
          .system, "Clamping to a WEEK needs the `weekday` on which it begins, in `target_details`", at: clamping)
      }
      guard let day = Clamping.weekdays.firstIndex(of: weekday) else {
        throw ConnectorError(.system, "`\(weekday)` is not a weekday such as MONDAY", at: clamping)
      }
      return .week(day)
    case let other:
      throw ConnectorError(.system, "Clamping goes to a DAY, a WEEK or a MONTH, not to `\(other)`", at: target)
    }
  }
}
