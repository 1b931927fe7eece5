/// A strftime/strptime format, compiled once: `%Y-%m-%dT%H:%M:%S%z`.
///
/// Directives are those of Python 3.11 on glibc in the C locale; local time is UTC.
package struct DatetimeFormat: Hashable, Sendable {
  package let format: String
  private let renderer: StrftimeRenderer
  private let matcher: Result<StrptimeMatcher, PythonTimeError>

  /// Never fails: a format that strptime refuses is refused when something is parsed with it, as in Python.
  package init(_ format: String) {
    self.format = format
    renderer = StrftimeRenderer(format)
    writesOffset = renderer.writesOffset
    do throws(PythonTimeError) {
      matcher = .success(try StrptimeMatcher(format))
    } catch {
      matcher = .failure(error)
    }
  }

  /// Whether the format writes how far a time is from UTC (`%z`); the name of a zone alone (`%Z`) is not read back.
  package let writesOffset: Bool

  /// `value.strftime(format)`.
  package func strftime(_ value: PyDateTime) -> String { renderer.render(value) }

  /// `value.strftime(format)`: the time is midnight.
  package func strftime(_ value: PyDate) -> String { renderer.render(PyDateTime(date: value)) }

  /// `datetime.strptime(text, format)`. Throws `ValueError` with Python's words where text or format do not fit.
  package func strptime(_ text: String) throws(PythonTimeError) -> PyDateTime {
    try matcher.get().parse(text)
  }

  package static func == (a: DatetimeFormat, b: DatetimeFormat) -> Bool { a.format == b.format }
  package func hash(into hasher: inout Hasher) { hasher.combine(format) }
}
