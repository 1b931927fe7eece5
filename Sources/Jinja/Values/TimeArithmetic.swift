import PythonTime

/// Python's operators on dates, times and spans.
enum TimeArithmetic {
  static func apply(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws(TemplateError) -> Value? {
    do {
      switch operation {
      case .add: return try add(left, right)
      case .subtract: return try subtract(left, right)
      case .multiply: return try multiply(left, right)
      case .divide: return try divide(left, right)
      case .floorDivide, .modulo: return try floorDivide(operation, left, right)
      case .power: return nil
      }
    } catch {
      throw TemplateError(time: error)
    }
  }

  static func apply(_ operation: UnaryOperator, _ value: Value) throws(TemplateError) -> Value? {
    do {
      switch (operation, value) {
      case (.plus, .timedelta): return value
      case (.negate, .timedelta(let delta)): return .timedelta(try delta.negated())
      case (.negate, .duration(let duration)): return .duration(try duration.negated())
      default: return nil
      }
    } catch {
      throw TemplateError(time: error)
    }
  }

  private static func add(_ left: Value, _ right: Value) throws(PythonTimeError) -> Value? {
    switch (left, right) {
    case (.timedelta(let left), .timedelta(let right)): return .timedelta(try left.adding(right))
    case (.date(let date), .timedelta(let delta)), (.timedelta(let delta), .date(let date)):
      return .date(try date.adding(delta))
    case (.datetime(let time), .timedelta(let delta)), (.timedelta(let delta), .datetime(let time)):
      return .datetime(try time.adding(delta))
    case (.date(let date), .duration(let span)), (.duration(let span), .date(let date)):
      return .date(try span.added(to: date))
    case (.datetime(let time), .duration(let span)), (.duration(let span), .datetime(let time)):
      return .datetime(try span.added(to: time))
    case (.duration(let left), .duration(let right)): return .duration(try left.adding(right))
    case (.duration(let span), .timedelta(let delta)), (.timedelta(let delta), .duration(let span)):
      return .duration(try span.adding(delta))
    default: return nil
    }
  }

  private static func subtract(_ left: Value, _ right: Value) throws(PythonTimeError) -> Value? {
    switch (left, right) {
    case (.timedelta(let left), .timedelta(let right)): return .timedelta(try left.subtracting(right))
    case (.date(let left), .date(let right)): return .timedelta(left.subtracting(right))
    case (.date(let date), .timedelta(let delta)): return .date(try date.subtracting(delta))
    case (.date(let date), .duration(let span)): return .date(try span.subtracted(from: date))
    case (.datetime(let left), .datetime(let right)): return .timedelta(try left.subtracting(right))
    case (.datetime(let time), .timedelta(let delta)): return .datetime(try time.subtracting(delta))
    case (.datetime(let time), .duration(let span)): return .datetime(try span.subtracted(from: time))
    case (.duration(let left), .duration(let right)): return .duration(try left.subtracting(right))
    case (.duration(let span), .timedelta(let delta)): return .duration(try span.subtracting(delta))
    case (.timedelta(let delta), .duration(let span)): return .duration(try span.negated().adding(delta))
    default: return nil
    }
  }

  private static func multiply(_ left: Value, _ right: Value) throws(PythonTimeError) -> Value? {
    switch (left, right) {
    case (.timedelta(let delta), let factor), (let factor, .timedelta(let delta)):
      return try factor.pyNumber.map { (number) throws(PythonTimeError) in .timedelta(try delta.multiplied(by: number)) }
    case (.duration(let span), let factor), (let factor, .duration(let span)):
      return try factor.int.map { (number) throws(PythonTimeError) in .duration(try span.multiplied(by: number)) }
    default: return nil
    }
  }

  private static func divide(_ left: Value, _ right: Value) throws(PythonTimeError) -> Value? {
    guard case .timedelta(let delta) = left else { return nil }
    if case .timedelta(let divisor) = right { return .float(try delta.ratio(to: divisor)) }
    guard let number = right.pyNumber else { return nil }
    return .timedelta(try delta.divided(by: number))
  }

  private static func floorDivide(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws(PythonTimeError) -> Value? {
    guard case .timedelta(let delta) = left else { return nil }
    if case .timedelta(let divisor) = right {
      let (quotient, remainder) = try delta.divMod(divisor)
      return operation == .modulo ? .timedelta(remainder) : .int(Int(clamping: quotient))
    }
    guard operation == .floorDivide, let number = right.int else { return nil }
    return .timedelta(try delta.floorDivided(by: number))
  }
}

extension Value {
  fileprivate var pyNumber: PyNumber? {
    switch self {
    case .float(let double): .float(double)
    default: int.map { .int($0) }
    }
  }
}

extension TemplateError {
  /// The error that represents one of Python's datetime library.
  package init(time error: PythonTimeError) {
    let kind: Kind =
      switch error.kind {
      case .typeError: .type
      case .overflowError: .overflow
      case .zeroDivisionError: .zeroDivision
      case .unknownTimeZone: .key
      case .osError, .regexError: .runtime
      case .valueError, .iso8601Error: .value
      }
    self.init(kind, error.message)
  }
}
