// What every module may use of the platform: the C library, and Foundation's essentials (`Data`, `Date`, `FileManager`, …), which do
// not bring ICU and CoreFoundation along. Where a platform has Foundation only as a whole, it is Foundation, and the files beside this
// one give the few functions that the essentials lack names of their own, so that both mean the same.

#if canImport(FoundationEssentials)
  @_exported import FoundationEssentials
#else
  @_exported import Foundation
#endif

#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#elseif canImport(Darwin)
  @_exported import Darwin
#endif
