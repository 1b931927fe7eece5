import CTables
import CZlib

/// A table that the program carries along, compressed. `Distribution/tables.py` writes them and describes their forms.
package enum CarriedTable {
  /// The time zones of the IANA.
  case zones
  /// How characters are written in ASCII.
  case ascii
  /// What host names are made of in other scripts.
  case hosts

  /// The table as it was before it was compressed. This takes a few milliseconds, so that a caller keeps what it makes of it.
  package var bytes: [UInt8] {
    var count = 0
    let packed =
      switch self {
      case .zones: table_of_zones(&count)
      case .ascii: table_of_ascii(&count)
      case .hosts: table_of_hosts(&count)
      }
    guard count > 4 else { return [] }
    let size = (0..<4).reduce(0) { $0 << 8 | Int(packed[$1]) }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      var room = uLongf(size)
      filled = uncompress(buffer.baseAddress, &room, packed + 4, uLong(count - 4)) == Z_OK ? Int(room) : 0
    }
  }
}
