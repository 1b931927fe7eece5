import JSON
import Jinja
import PythonTime

/// The global functions of low-code templates, as the reference has them: `now_utc`, `format_datetime`, `max`, …
enum TemplateMacros {
  static func add(to environment: inout Environment) {
    addClocks(to: &environment)
    addDates(to: &environment)
    addFormatting(to: &environment)
    addTexts(to: &environment)
    environment.addFunction("max") { arguments, evaluation throws(TemplateError) in
      try extreme("max", .greater, arguments, &evaluation)
    }
    environment.addFunction("min") { arguments, evaluation throws(TemplateError) in
      try extreme("min", .less, arguments, &evaluation)
    }
  }

  private static func addClocks(to environment: inout Environment) {
    environment.addFunction("now_utc") { arguments, evaluation throws(TemplateError) in
      _ = try arguments.bound(to: [], of: "now_utc()")
      return .datetime(evaluation.runtime.moment)
    }
    environment.addFunction("today_utc") { arguments, evaluation throws(TemplateError) in
      _ = try arguments.bound(to: [], of: "today_utc()")
      return .date(evaluation.runtime.moment.date)
    }
    environment.addFunction("today_with_timezone") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["timezone"], of: "today_with_timezone()", required: 1)
      guard let name = bound[0]?.text else { throw TemplateError(.key, "The name of a time zone must be a text") }
      let moment = evaluation.runtime.moment
      return try time { () throws(PythonTimeError) in .date(try NamedTimeZone(name).convert(moment).date) }
    }
    environment.addFunction("day_delta") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["num_days", "format"], of: "day_delta()", required: 1)
      let format = bound[1] ?? .string("%Y-%m-%dT%H:%M:%S.%f%z")
      guard let days = number(bound[0]) else { throw wrongType("day_delta()", "a number of days", bound[0]) }
      let now = evaluation.runtime.moment
      return try time { () throws(PythonTimeError) in
        let moment = try now.adding(PyTimeDelta(days: days))
        guard let format = format.text else {
          throw PythonTimeError(.typeError, "strftime() argument 1 must be str, not \(format.typeName)")
        }
        return .string(FormatCache.format(format).strftime(moment))
      }
    }
    environment.addFunction("generate_uuid") { arguments, evaluation throws(TemplateError) in
      _ = try arguments.bound(to: [], of: "generate_uuid()")
      return .string(evaluation.runtime.uuid)
    }
  }

  private static func addDates(to environment: inout Environment) {
    environment.addFunction("timestamp") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["dt"], of: "timestamp()", required: 1)
      if let text = bound[0]?.text { try evaluation.charge(text: text.utf8.count) }
      switch bound[0] {
      case .bool(let flag): return .int(flag ? 1 : 0)
      case .int, .bigInt: return bound[0] ?? .none
      case .float(let value): return try integer(value)
      default: return .float(try moment(bound[0], "timestamp()").timestamp)
      }
    }
    environment.addFunction("str_to_datetime") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["s"], of: "str_to_datetime()", required: 1)
      if let text = bound[0]?.text { try evaluation.charge(text: text.utf8.count) }
      return .datetime(try moment(bound[0], "str_to_datetime()"))
    }
    environment.addFunction("duration") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["datestring"], of: "duration()", required: 1)
      guard let text = bound[0]?.text else { throw wrongType("duration()", "a text such as P1D", bound[0]) }
      try evaluation.charge(text: text.utf8.count)
      return try time { () throws(PythonTimeError) in
        switch try ISODuration(parsing: text) {
        case .timeDelta(let delta): .timedelta(delta)
        case .duration(let duration): .duration(duration)
        }
      }
    }
  }

  private static func addFormatting(to environment: inout Environment) {
    environment.addFunction("format_datetime") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["dt", "format", "input_format"], of: "format_datetime()", required: 2)
      for given in bound { if let text = given?.text { try evaluation.charge(text: text.utf8.count) } }
      let input = bound[2] ?? .none
      if case .datetime(let moment)? = bound[0] {
        guard let format = bound[1]?.text else { throw wrongType("format_datetime()", "a format", bound[1]) }
        let writer = FormatCache.format(format)
        return .string(writer.strftime(writer.writesOffset ? moment : moment.inUTC))
      }
      let moment = try read(bound[0] ?? .none, input)
      guard let format = bound[1]?.text else { throw wrongType("format_datetime()", "a format", bound[1]) }
      return .string(FormatCache.parser(format).format(moment.isAware ? moment : moment.replacing(tz: .pytzUTC)))
    }
  }

  /// The moment that `format_datetime` writes.
  private static func read(_ value: Value, _ input: Value) throws(TemplateError) -> PyDateTime {
    let format: String? = input.isTruthy ? input.text : nil
    if input.isTruthy, format == nil { throw wrongType("format_datetime()", "a text as its input format", input) }
    switch value {
    case .bool, .int:
      let number = number(value) ?? .int(0)
      return try time { () throws(PythonTimeError) in try FormatCache.parser(format ?? "%s").parse(number) }
    case .bigInt: throw TemplateError(.overflow, "timestamp out of range for platform time_t")
    default: break
    }
    guard let format else { return try moment(value, "format_datetime()") }
    guard let text = value.text else { throw wrongType("format_datetime()", "a text, a number or a datetime", value) }
    return try time { () throws(PythonTimeError) in try FormatCache.format(format).strptime(text) }
  }
}

extension TemplateMacros {
  private static func addTexts(to environment: inout Environment) {
    environment.addFunction("sanitize_url") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["value"], of: "sanitize_url()", required: 1)
      switch bound[0] {
      case .bytes(let bytes): return .string(quotedPlus(bytes))
      case let value?:
        guard let text = value.text else { fallthrough }
        try evaluation.charge(text: text.utf8.count * 3)
        return .string(quotedPlus(text.utf8))
      default: throw wrongType("sanitize_url()", "a text", bound[0])
      }
    }
    environment.addFunction("camel_case_to_snake_case") { arguments, evaluation throws(TemplateError) in
      let bound = try arguments.bound(to: ["value"], of: "camel_case_to_snake_case()", required: 1)
      guard let text = bound[0]?.text else { throw wrongType("camel_case_to_snake_case()", "a text", bound[0]) }
      try evaluation.charge(text: text.utf8.count * 2)
      var output = ""
      output.reserveCapacity(text.utf8.count + 8)
      for (index, scalar) in text.unicodeScalars.enumerated() {
        if index > 0, ("A"..."Z").contains(scalar) { output += "_" }
        output.unicodeScalars.append(scalar)
      }
      return .string(output.pythonLowercased)
    }
  }

  /// `urllib.parse.quote_plus`: a blank becomes a plus, everything but letters, digits and `_.-~` a percent escape.
  private static func quotedPlus(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "~"):
        output.append(byte)
      case 0x20: output.append(UInt8(ascii: "+"))
      default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Python's `max` and `min`: of one iterable or of several arguments; the first of equal ones.
  private static func extreme(
    _ name: String, _ order: PythonOrder, _ arguments: Arguments, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    guard arguments.keywords.isEmpty else { throw TemplateError(.type, "\(name)() takes no keyword arguments") }
    guard let first = arguments.positional.first else { throw TemplateError(.type, "\(name)() needs at least one argument") }
    var iterator =
      arguments.positional.count == 1 ? try first.iterator(&evaluation) : ValueIterator(arguments.positional)
    guard var best = try iterator.next(&evaluation) else { throw TemplateError(.value, "\(name)() arg is an empty sequence") }
    while let value = try iterator.next(&evaluation) {
      try evaluation.charge()
      if try value.compare(order, to: best, &evaluation) { best = value }
    }
    return best
  }

  /// `str_to_datetime`: ISO 8601, in UTC.
  private static func moment(_ value: Value?, _ function: String) throws(TemplateError) -> PyDateTime {
    if case .undefined(let undefined)? = value { throw undefined.error }
    guard let text = value?.text else { throw notISO(value ?? .none, function) }
    return try time { () throws(PythonTimeError) in try isoMoment(text) }
  }

  /// What Python raises depends on the value: a short container is too short for a date, everything else has the wrong type.
  private static func notISO(_ value: Value, _ function: String) -> TemplateError {
    let count: Int? =
      switch value {
      case .list(let list): list.items.count
      case .tuple(let tuple): tuple.count
      case .dict(let dict): dict.count
      case .json(let view): view.count
      case .bytes(let bytes): bytes.count
      default: nil
      }
    if let count, count < 4 { return TemplateError(.value, "ISO string too short") }
    return wrongType(function, "a text in ISO 8601 form", value)
  }

  private static func isoMoment(_ text: String) throws(PythonTimeError) -> PyDateTime {
    let moment = try PyDateTime.isoParse(text)
    return moment.isAware ? try moment.converted(to: .pytzUTC) : moment.replacing(tz: .pytzUTC)
  }

  private static func number(_ value: Value?) -> PyNumber? {
    switch value {
    case .int(let value): .int(value)
    case .bool(let flag): .int(flag ? 1 : 0)
    case .float(let value): .float(value)
    default: nil
    }
  }

  /// `int(float)`.
  private static func integer(_ value: Double) throws(TemplateError) -> Value {
    guard !value.isNaN else { throw TemplateError(.value, "cannot convert float NaN to integer") }
    guard !value.isInfinite else { throw TemplateError(.overflow, "cannot convert float infinity to integer") }
    let whole = value.rounded(.towardZero)
    if let exact = Int(exactly: whole) { return .int(exact) }
    return PythonLiteral.evaluate(WholeNumber.digits(of: whole)) ?? .float(whole)
  }

  private static func time<Result>(_ body: () throws(PythonTimeError) -> Result) throws(TemplateError) -> Result {
    do throws(PythonTimeError) {
      return try body()
    } catch {
      throw TemplateError(time: error)
    }
  }

  private static func wrongType(_ function: String, _ expected: String, _ value: Value?) -> TemplateError {
    TemplateError(.type, "\(function) takes \(expected), not a value of type \((value ?? .none).typeName)")
  }
}

/// The exact decimal digits of a double without a fraction.
enum WholeNumber {
  static func digits(of value: Double) -> String {
    guard value.isFinite, abs(value) >= 1e18 else { return "\(Int(exactly: value) ?? 0)" }
    var mantissa = UInt64(value.significand * 4_503_599_627_370_496)
    var digits: [UInt8] = []
    while mantissa > 0 {
      digits.append(UInt8(mantissa % 10))
      mantissa /= 10
    }
    for _ in 0..<(Int(value.exponent) - 52) {
      var carry: UInt8 = 0
      for index in digits.indices {
        let doubled = digits[index] * 2 + carry
        digits[index] = doubled % 10
        carry = doubled / 10
      }
      if carry > 0 { digits.append(carry) }
    }
    return (value < 0 ? "-" : "") + String(decoding: digits.reversed().map { $0 + 48 }, as: UTF8.self)
  }
}
