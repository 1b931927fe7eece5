/// The proleptic Gregorian calendar. Ordinals count days from 0001-01-01, which is day 1.
package enum Gregorian {
  /// 9999-12-31.
  static let maxOrdinal = 3_652_059
  /// 1970-01-01.
  static let epochOrdinal = 719_163

  /// Whether `year` has a 29 February.
  package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// The number of days of a month, 1 to 12.
  package static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  static func daysBefore(month: Int, year: Int) -> Int {
    // Months from March on have 153 days in each run of five.
    month <= 2 ? (month - 1) * 31 : (153 * (month - 3) + 2) / 5 + 59 + (isLeap(year) ? 1 : 0)
  }

  static func daysBefore(year: Int) -> Int {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }

  static func ordinal(year: Int, month: Int, day: Int) -> Int {
    daysBefore(year: year) + daysBefore(month: month, year: year) + day
  }

  /// The inverse of ``ordinal(year:month:day:)`` for days 1 to ``maxOrdinal``.
  static func civil(ordinal: Int) -> (year: Int, month: Int, day: Int) {
    // Years that begin on 1 March put the leap day last; there are 306 days between 0000-03-01 and 0001-01-01.
    let day = ordinal + 305
    let era = day / 146_097
    let dayOfEra = day % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// The year of a day however far away, for errors that name it.
  static func year(ofAny ordinal: Int128) -> Int128 {
    let (era, day) = floorDivide(ordinal - 1, 146_097)
    return Int128(civil(ordinal: Int(day) + 1).year) + era * 400
  }

  /// The ordinal of the Monday that begins ISO week 1 of `year`.
  static func firstISOMonday(year: Int) -> Int {
    let first = daysBefore(year: year) + 1
    let weekday = (first + 6) % 7
    return weekday > 3 ? first - weekday + 7 : first - weekday
  }
}
