import Jinja

extension Environment {
  /// What low-code templates may use: Jinja's own filters, tests and globals, and the reference's filters and macros.
  package static let lowCode: Environment = {
    var environment = Environment.standard
    TemplateFilters.add(to: &environment)
    TemplateMacros.add(to: &environment)
    return environment
  }()
}

/// The names that templates have without a context, as a table by symbol.
enum GlobalSymbols {
  private static let table: [Bool] = {
    let ids = Environment.lowCode.globals.keys.map { Symbol($0).id }
    var table = [Bool](repeating: false, count: (ids.max() ?? -1) + 1)
    for id in ids { table[id] = true }
    return table
  }()

  static func contains(_ symbol: Symbol) -> Bool { symbol.id < table.count && table[symbol.id] }
}
