/// `strftime` as Python 3.11 has it on glibc: Python's own `%f`, `%z`, `%Z`, the rest as the C library in the C locale.
struct StrftimeRenderer: Sendable {
  private let parts: [Part]
  /// The C library's buffer: what does not fit comes out empty.
  private let limit: Int
  /// The format itself where it uses the C library's flags: there what Python put in before can change how the rest is read.
  private let flagged: [UInt8]?

  private enum Part: Sendable {
    case literal([UInt8])
    /// A plain `%m`, `%d`, … with two digits.
    case twoDigits(TwoDigits)
    case year
    case microsecond
    case offset
    case zoneName
    case directive(Directive)
  }

  private enum TwoDigits: Sendable { case month, day, hour, minute, second }

  /// A directive with the C library's flags and width: `%-d`, `%^a`, `%5Y`.
  private struct Directive: Sendable {
    var letter: UInt8
    var padding: UInt8 = 0
    var upper = false
    var changeCase = false
    var width = 0
    var modifier: UInt8 = 0
    var text: [UInt8]
  }

  init(_ format: String) {
    let bytes = Array(format.utf8)
    var limit = 1024
    while limit < 256 * bytes.count { limit *= 2 }
    self.limit = limit
    parts = Self.parse(bytes, limit: limit, python: true)
    let hasFlags = parts.contains { if case .directive(let directive) = $0 { directive.text.count != 2 } else { false } }
    flagged = hasFlags ? bytes : nil
  }

  /// Whether the text says how far its time is from UTC.
  var writesOffset: Bool {
    parts.contains { part in
      switch part {
      case .offset: true
      case .directive(let directive): directive.letter == UInt8(ascii: "z")
      default: false
      }
    }
  }

  func render(_ value: PyDateTime) -> String {
    guard let flagged else { return render(parts, value) }
    return render(Self.parse(Self.substituted(flagged, value), limit: limit, python: false), value)
  }

  private func render(_ parts: [Part], _ value: PyDateTime) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(48)
    for part in parts {
      switch part {
      case .literal(let bytes): output.append(contentsOf: bytes)
      case .twoDigits(let field): output.appendPadded(Self.number(field, value), 2)
      case .year where value.year > 999: output.appendPadded(value.year, 4)
      case .year: output.append(contentsOf: String(value.year).utf8)
      case .microsecond: output.appendPadded(value.microsecond, 6)
      case .offset:
        if let tz = value.tz { output.append(contentsOf: PyTimeZone.text(of: tz.offset, colons: false).utf8) }
      case .zoneName: output.append(contentsOf: (value.tz?.name ?? "").utf8)
      case .directive(let directive): append(directive, value, to: &output)
      }
      if output.count >= limit { return "" }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Python's own pass over the format, before the C library sees it.
  private static func substituted(_ format: [UInt8], _ value: PyDateTime) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < format.count {
      let next = index + 1 < format.count ? format[index + 1] : 0
      guard format[index] == UInt8(ascii: "%"), next != 0 else {
        output.append(format[index])
        index += 1
        continue
      }
      switch next {
      case UInt8(ascii: "f"): output.appendPadded(value.microsecond, 6)
      case UInt8(ascii: "z"):
        output.append(contentsOf: (value.tz.map { PyTimeZone.text(of: $0.offset, colons: false) } ?? "").utf8)
      case UInt8(ascii: "Z"):
        for byte in (value.tz?.name ?? "").utf8 {
          output.append(byte)
          if byte == UInt8(ascii: "%") { output.append(byte) }
        }
      default: output.append(contentsOf: [format[index], next])
      }
      index += 2
    }
    return output
  }

  private static func number(_ field: TwoDigits, _ value: PyDateTime) -> Int {
    switch field {
    case .month: value.month
    case .day: value.day
    case .hour: value.hour
    case .minute: value.minute
    case .second: value.second
    }
  }
}

extension StrftimeRenderer {
  private static func parse(_ bytes: [UInt8], limit: Int, python: Bool) -> [Part] {
    var parts: [Part] = []
    var literal: [UInt8] = []
    func flush() {
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = []
    }
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "%") else {
        literal.append(bytes[index])
        index += 1
        continue
      }
      let start = index
      index += 1
      if let part = index < bytes.count ? plain(bytes[index], python: python) : nil {
        flush()
        parts.append(part)
        index += 1
        continue
      }
      if index < bytes.count, bytes[index] == UInt8(ascii: "%") {
        literal.append(bytes[index])
        index += 1
        continue
      }
      var directive = Directive(letter: 0, text: [])
      flags: while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "0"): directive.padding = bytes[index]
        case UInt8(ascii: "^"): directive.upper = true
        case UInt8(ascii: "#"): directive.changeCase = true
        default: break flags
        }
        index += 1
      }
      while index < bytes.count, (48...57).contains(bytes[index]) {
        directive.width = min(limit, directive.width * 10 + Int(bytes[index] - 48))
        index += 1
      }
      if index < bytes.count, bytes[index] == UInt8(ascii: "E") || bytes[index] == UInt8(ascii: "O") {
        directive.modifier = bytes[index]
        index += 1
      }
      if index < bytes.count {
        directive.letter = bytes[index]
        index += 1
      }
      // What is not known stays as it is, from the last percent sign on.
      directive.text = directive.letter == UInt8(ascii: "%") ? [directive.letter] : Array(bytes[start..<index])
      flush()
      parts.append(.directive(directive))
    }
    flush()
    return parts
  }

  private static func plain(_ letter: UInt8, python: Bool) -> Part? {
    switch letter {
    case UInt8(ascii: "Y"): .year
    case UInt8(ascii: "m"): .twoDigits(.month)
    case UInt8(ascii: "d"): .twoDigits(.day)
    case UInt8(ascii: "H"): .twoDigits(.hour)
    case UInt8(ascii: "M"): .twoDigits(.minute)
    case UInt8(ascii: "S"): .twoDigits(.second)
    case UInt8(ascii: "f") where python: .microsecond
    case UInt8(ascii: "z") where python: .offset
    case UInt8(ascii: "Z") where python: .zoneName
    default: nil
    }
  }
}

extension StrftimeRenderer {
  /// What a directive gives before flags and width are applied.
  private enum Content {
    /// A number with its least width.
    case number(Int, digits: Int)
    /// A number padded with blanks unless a flag says otherwise.
    case blankPadded(Int)
    /// Seconds since the epoch: no least width, the width pads with blanks.
    case epoch(Int)
    case text(String)
    case dayHalf(lower: Bool)
    case compound(String)
    case unknown
  }

  private func append(_ directive: Directive, _ value: PyDateTime, to output: inout [UInt8]) {
    var directive = directive
    var lower = false
    switch Self.content(of: directive, value) {
    case .number(let number, let digits):
      appendNumber(number, digits: max(digits, directive.width), directive, to: &output)
    case .blankPadded(let number):
      if directive.padding == 0 { directive.padding = UInt8(ascii: "_") }
      appendNumber(number, digits: max(2, directive.width), directive, to: &output)
    case .epoch(let seconds):
      appendText(Array(String(seconds).utf8), directive, to: &output)
    case .text(let text):
      directive.upper = directive.upper || directive.changeCase
      appendText(Array(text.utf8), directive, to: &output)
    case .dayHalf(let isLower):
      lower = isLower || directive.changeCase
      if lower { directive.upper = false }
      let text = value.hour > 11 ? "PM" : "AM"
      appendText(Array((lower ? text.lowercased() : text).utf8), directive, to: &output)
    case .compound(let format):
      let text = StrftimeRenderer(format).render(value)
      appendText(Array(text.utf8), directive, to: &output)
    case .unknown:
      appendText(directive.text, directive, to: &output)
    }
  }

  private func appendNumber(_ number: Int, digits: Int, _ directive: Directive, to output: inout [UInt8]) {
    var text = Array(String(number).utf8)
    if directive.padding != UInt8(ascii: "-"), text.count < digits {
      let pad = directive.padding == UInt8(ascii: "_") ? UInt8(ascii: " ") : UInt8(ascii: "0")
      text = Array(repeating: pad, count: digits - text.count) + text
    }
    appendText(text, directive, to: &output)
  }

  private func appendText(_ text: [UInt8], _ directive: Directive, to output: inout [UInt8]) {
    if text.count < directive.width {
      let pad = directive.padding == UInt8(ascii: "0") ? UInt8(ascii: "0") : UInt8(ascii: " ")
      output.append(contentsOf: repeatElement(pad, count: directive.width - text.count))
    }
    output.append(contentsOf: directive.upper ? text.map { (97...122).contains($0) ? $0 - 32 : $0 } : text)
  }

  private static func content(of directive: Directive, _ value: PyDateTime) -> Content {
    let (era, other) = (directive.modifier == UInt8(ascii: "E"), directive.modifier == UInt8(ascii: "O"))
    let date = value.date
    switch directive.letter {
    case UInt8(ascii: "%") where !era && !other: return .text("%")
    case UInt8(ascii: "a") where !era && !other: return .text(Names.shortDays[value.weekday])
    case UInt8(ascii: "A") where !era && !other: return .text(Names.days[value.weekday])
    case UInt8(ascii: "b") where !era, UInt8(ascii: "h") where !era: return .text(Names.shortMonths[value.month - 1])
    case UInt8(ascii: "B") where !era: return .text(Names.months[value.month - 1])
    case UInt8(ascii: "c") where !other: return .compound("%a %b %e %H:%M:%S %Y")
    case UInt8(ascii: "C") where !other: return .number(value.year / 100, digits: 1)
    case UInt8(ascii: "x") where !other, UInt8(ascii: "D") where !era && !other: return .compound("%m/%d/%y")
    case UInt8(ascii: "d") where !era: return .number(value.day, digits: 2)
    case UInt8(ascii: "e") where !era: return .blankPadded(value.day)
    case UInt8(ascii: "F") where !era && !other: return .compound("%Y-%m-%d")
    case UInt8(ascii: "H") where !era: return .number(value.hour, digits: 2)
    case UInt8(ascii: "I") where !era: return .number((value.hour + 11) % 12 + 1, digits: 2)
    case UInt8(ascii: "k") where !era: return .blankPadded(value.hour)
    case UInt8(ascii: "l") where !era: return .blankPadded((value.hour + 11) % 12 + 1)
    case UInt8(ascii: "j") where !era: return .number(date.dayOfYear, digits: 3)
    case UInt8(ascii: "M") where !era: return .number(value.minute, digits: 2)
    case UInt8(ascii: "m") where !era: return .number(value.month, digits: 2)
    case UInt8(ascii: "n"): return .text("\n")
    case UInt8(ascii: "t"): return .text("\t")
    case UInt8(ascii: "p"): return .dayHalf(lower: false)
    case UInt8(ascii: "P"): return .dayHalf(lower: true)
    case UInt8(ascii: "R"): return .compound("%H:%M")
    case UInt8(ascii: "r"): return .compound("%I:%M:%S %p")
    case UInt8(ascii: "S") where !era: return .number(value.second, digits: 2)
    case UInt8(ascii: "s"):
      // The C library is given the fields without their zone.
      return .epoch(floorDivide(value.replacing(tz: .utc).epochMicroseconds, 1_000_000).quotient)
    case UInt8(ascii: "X") where !other, UInt8(ascii: "T"): return .compound("%H:%M:%S")
    case UInt8(ascii: "u"): return .number(date.isoWeekday, digits: 1)
    case UInt8(ascii: "w") where !era: return .number(date.isoWeekday % 7, digits: 1)
    case UInt8(ascii: "U") where !era: return .number((date.dayOfYear + 6 - date.isoWeekday % 7) / 7, digits: 2)
    case UInt8(ascii: "W") where !era: return .number((date.dayOfYear + 6 - date.weekday) / 7, digits: 2)
    case UInt8(ascii: "V") where !era: return .number(date.isoCalendar.week, digits: 2)
    case UInt8(ascii: "g") where !era: return .number((date.isoCalendar.year + 100) % 100, digits: 2)
    case UInt8(ascii: "G") where !era: return .number(date.isoCalendar.year, digits: 1)
    case UInt8(ascii: "Y") where !other: return .number(value.year, digits: 1)
    case UInt8(ascii: "y"): return .number(value.year % 100, digits: 2)
    case UInt8(ascii: "z"), UInt8(ascii: "Z"): return .text("")
    default: return .unknown
    }
  }
}
