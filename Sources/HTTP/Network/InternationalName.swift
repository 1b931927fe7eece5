import Essentials

/// A host name in other scripts than the Latin one of ASCII, mapped, checked and encoded (UTS #46 §4, without transition from the former
/// rules; RFC 5893 for scripts that run to the left).
enum InternationalName {
  /// The name in ASCII; nil for one that cannot be.
  static func ascii(_ text: String) -> String? {
    var mapped = ""
    for scalar in text.unicodeScalars {
      switch HostTable.all[scalar] {
      case .forbidden: return nil
      case .ignored: break
      case .mapped(let text): mapped += text
      case .valid: mapped.unicodeScalars.append(scalar)
      }
    }
    let labels = mapped.canonicallyComposed.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).map(Array.init)
    // One label with letters that run to the left makes the name one of those.
    let runsLeft = labels.contains { $0.contains { direction($0).isOf(.right, .arabic, .arabicNumber) } }
    var result: [String] = []
    for label in labels {
      guard isValid(label), !runsLeft || isDirected(label) else { return nil }
      if label.allSatisfy(\.isASCII) {
        result.append(String(String.UnicodeScalarView(label)))
      } else {
        guard let encoded = Punycode.encoded(label) else { return nil }
        result.append("xn--\(encoded)")
      }
    }
    return result.joined(separator: ".")
  }

  /// The criteria of UTS #46 §4.1 but for those on directions.
  private static func isValid(_ label: [Unicode.Scalar]) -> Bool {
    if label.allSatisfy(\.isASCII) { return true }
    guard let first = label.first, first != "-", label.last != "-", !(label.count >= 4 && label[2] == "-" && label[3] == "-")
    else {
      return false
    }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return false
    default: break
    }
    return label.indices.allSatisfy { index in
      switch label[index].value {
      case 0x200C, 0x200D: return canJoin(label, at: index)
      default: if case .valid = HostTable.all[label[index]] { return true } else { return false }
      }
    }
  }

  /// Whether a joiner that has no shape may be here (RFC 5892, appendix A.1 and A.2).
  private static func canJoin(_ label: [Unicode.Scalar], at index: Int) -> Bool {
    // Behind a virama.
    if index > 0, label[index - 1].properties.canonicalCombiningClass.rawValue == 9 { return true }
    guard label[index].value == 0x200C else { return false }
    let before = label[..<index].last { joining($0) != .transparent }.map(joining)
    let after = label[(index + 1)...].first { joining($0) != .transparent }.map(joining)
    return (before == .left || before == .dual) && (after == .right || after == .dual)
  }

  /// The rule of RFC 5893 §2.
  private static func isDirected(_ label: [Unicode.Scalar]) -> Bool {
    let directions = label.map(direction)
    guard let first = directions.first, let last = directions.last(where: { $0 != .mark }) else { return label.isEmpty }
    switch first {
    case .right, .arabic:
      let areAllowed = directions.allSatisfy {
        $0.isOf(
          .right, .arabic, .arabicNumber, .europeanNumber, .separator, .commonSeparator, .terminator, .neutral, .boundary, .mark)
      }
      return areAllowed && last.isOf(.right, .arabic, .europeanNumber, .arabicNumber)
        && !(directions.contains(.europeanNumber) && directions.contains(.arabicNumber))
    case .left:
      let areAllowed = directions.allSatisfy {
        $0.isOf(.left, .europeanNumber, .separator, .commonSeparator, .terminator, .neutral, .boundary, .mark)
      }
      return areAllowed && last.isOf(.left, .europeanNumber)
    default: return false
    }
  }

  private static func direction(_ scalar: Unicode.Scalar) -> HostTable.Direction {
    if case .valid(let direction, _) = HostTable.all[scalar] { direction } else { .neutral }
  }

  private static func joining(_ scalar: Unicode.Scalar) -> HostTable.Joining {
    if case .valid(_, let joining) = HostTable.all[scalar] { joining } else { .none }
  }
}

extension HostTable.Direction {
  fileprivate func isOf(_ others: Self...) -> Bool { others.contains(self) }
}
