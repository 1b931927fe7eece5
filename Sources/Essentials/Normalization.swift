#if canImport(FoundationEssentials)
  @_spi(_Unicode) import Swift

  // The essentials leave the normal forms out. The standard library has them, since it compares texts by them.
  extension String {
    /// The text with its letters and accents composed (NFC, UAX #15).
    package var canonicallyComposed: String {
      var result = UnicodeScalarView()
      for scalar in _nfc { result.append(scalar) }
      return String(result)
    }

    /// The text with its letters and accents apart (NFD, UAX #15).
    package var canonicallyDecomposed: String {
      var result = UnicodeScalarView()
      for scalar in _nfd { result.append(scalar) }
      return String(result)
    }
  }
#else
  import Foundation

  extension String {
    /// The text with its letters and accents composed (NFC, UAX #15).
    package var canonicallyComposed: String { precomposedStringWithCanonicalMapping }

    /// The text with its letters and accents apart (NFD, UAX #15).
    package var canonicallyDecomposed: String { decomposedStringWithCanonicalMapping }
  }
#endif
