/// A pointer to memory, or to something of a C library, that tasks may hand to each other.
///
/// Unsafe as every pointer is. Sound as `Sendable` where what it points to is: whoever keeps one says why.
package struct SharedPointer: @unchecked Sendable {
  package let opaque: OpaquePointer

  package init(_ opaque: OpaquePointer) { self.opaque = opaque }
  package init(_ raw: UnsafeRawPointer) { opaque = OpaquePointer(raw) }

  package var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(opaque) }
  package var bytes: UnsafeMutablePointer<UInt8> { UnsafeMutablePointer(opaque) }
}
