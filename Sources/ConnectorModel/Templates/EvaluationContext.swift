import JSON
import Jinja

/// The variables that a template sees at one evaluation: the config and what the place binds beside it. Cheap to make and to copy.
package struct EvaluationContext: Sendable {
  package let config: TemplateConfig
  /// `record` and `stream_slice`, where the place has them: templates of records have no others, and need no list for them.
  package let record: Value?
  package let slice: StreamSlice?
  /// Further variables, by symbol, the last of a name counts. `stream_slice` is also seen as `stream_interval` and
  /// `stream_partition`.
  package var bindings: [(symbol: Symbol, value: Value)]

  package init(
    config: TemplateConfig, record: Value? = nil, slice: StreamSlice? = nil, bindings: [(symbol: Symbol, value: Value)] = []
  ) {
    self.config = config
    self.record = record
    self.slice = slice
    self.bindings = bindings
  }

  /// The same context with another config.
  package func with(_ config: TemplateConfig) -> EvaluationContext {
    EvaluationContext(config: config, record: record, slice: slice, bindings: bindings)
  }

  /// A context beside the time and chance of the system, unless `runtime` gives others.
  package init(
    config: Value, runtime: TemplateRuntime = .system, record: Value? = nil, slice: StreamSlice? = nil,
    bindings: [(symbol: Symbol, value: Value)] = []
  ) {
    self.init(config: TemplateConfig(config, runtime: runtime), record: record, slice: slice, bindings: bindings)
  }

  /// The same context with one more variable.
  package func with(_ symbol: Symbol, _ value: Value) -> EvaluationContext {
    var copy = self
    copy.bindings.append((symbol, value))
    return copy
  }

  /// The names of all variables.
  package var names: [String] {
    ["config"] + (record.map { _ in [Symbol.record.name] } ?? []) + (slice.map { _ in [Symbol.streamSlice.name] } ?? [])
      + bindings.map(\.symbol.name)
  }

  /// The value of a variable, nil if the place has none of that name.
  @inline(__always)
  package func value(of symbol: Symbol) -> Value? {
    if symbol == .config { return config.value }
    var index = bindings.count - 1
    while index >= 0 {
      if bindings[index].symbol == symbol { return bindings[index].value }
      index -= 1
    }
    if symbol == .record { return record }
    if symbol == .streamSlice { return slice?.templateValue }
    if symbol == .streamInterval || symbol == .streamPartition { return value(of: .streamSlice) }
    return nil
  }
}

extension Symbol {
  package static let streamState = Symbol("stream_state")
}
