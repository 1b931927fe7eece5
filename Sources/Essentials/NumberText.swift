extension Double {
  /// The number with so many digits behind the point, as `%.2f` of C writes it.
  package func fixed(_ digits: Int) -> String { formatted("%.*f", digits) }

  /// The number with an exponent, as `%.2e` of C writes it.
  package func scientific(_ digits: Int, keepsPoint: Bool = false) -> String { formatted(keepsPoint ? "%#.*e" : "%.*e", digits) }

  /// The number with so many digits in all, as `%.3g` of C writes it.
  package func general(_ digits: Int, keepsZeros: Bool = false) -> String { formatted(keepsZeros ? "%#.*g" : "%.*g", digits) }

  private func formatted(_ format: String, _ digits: Int) -> String {
    let digits = Int32(clamping: digits)
    let count = withVaList([digits, self]) { vsnprintf(nil, 0, format, $0) }
    guard count > 0 else { return "" }
    // With room for the zero at the end.
    var text = [CChar](repeating: 0, count: Int(count) + 1)
    _ = withVaList([digits, self]) { vsnprintf(&text, text.count, format, $0) }
    return String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
