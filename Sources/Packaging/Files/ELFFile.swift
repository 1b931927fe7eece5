/// What an ELF file (64 bits, little endian) says of itself to its loader. The numbers are those of the System V ABI.
struct ELFFile: Equatable {
  /// The number of the processor that it is for.
  let machine: Int
  /// What loads the file, as in `/lib64/ld-linux-x86-64.so.2`; nil for libraries and static executables.
  private(set) var interpreter: String?
  /// The libraries that it needs, by name.
  private(set) var needed: [String] = []
  /// Where they are looked for before the system's places, as written: with `$ORIGIN`.
  private(set) var searchPath: [String] = []

  /// - Throws: ``PackagingError`` if the file is not such an ELF file, or is broken.
  init(_ file: InputBytes) throws(PackagingError) {
    guard let header = try Header(file) else { throw PackagingError("\(file.path) is not a Linux program or library") }
    machine = header.machine
    let segments = try header.segments(of: file)
    if let segment = segments.first(where: { $0.kind == 3 }) {
      interpreter = Self.text(try segment.bytes(of: file), at: 0)
    }
    guard let dynamic = segments.first(where: { $0.kind == 2 }) else { return }
    let table = ELFFields(bytes: try dynamic.bytes(of: file))
    var offsets: (needed: [UInt64], paths: [UInt64], strings: UInt64?) = ([], [], nil)
    for place in stride(from: 0, to: table.bytes.count - 15, by: 16) {
      let value = table.number(at: place + 8, count: 8)
      switch table.number(at: place, count: 8) {
      case 1: offsets.needed.append(value)
      case 5: offsets.strings = value
      case 15, 29: offsets.paths.append(value)
      default: break
      }
    }
    guard let address = offsets.strings,
      let home = segments.first(where: { $0.kind == 1 && $0.address <= address && address - $0.address < $0.count })
    else { return }
    let strings = try home.bytes(of: file).dropFirst(Int(address - home.address))
    needed = offsets.needed.compactMap { Self.text(Array(strings), at: $0) }
    searchPath = offsets.paths.compactMap { Self.text(Array(strings), at: $0) }
      .flatMap { $0.split(separator: ":").map { String($0) } }
  }

  /// Where the ELF file ends, whatever was appended to it; nil if the file is not an ELF file.
  static func end(of file: InputBytes) throws(PackagingError) -> Int? {
    guard let header = try Header(file) else { return nil }
    let segments = try header.segments(of: file).map { $0.offset.addingReportingOverflow($0.count).partialValue }
    return (segments + [header.sectionsEnd]).max().flatMap { Int(exactly: $0) }
  }

  /// Where a section is in the file; nil if there is none of that name.
  static func section(_ name: String, of file: InputBytes) throws(PackagingError) -> Range<Int>? {
    guard let header = try Header(file) else { return nil }
    let sections = try header.sections(of: file)
    guard sections.indices.contains(header.namesIndex), let places = sections[header.namesIndex].range(in: file) else {
      return nil
    }
    let names = try file.bytes(places)
    return sections.first { text(names, at: $0.name) == name }?.range(in: file)
  }

  private static func text(_ bytes: [UInt8], at offset: UInt64) -> String? {
    guard offset < UInt64(bytes.count) else { return nil }
    return String(decoding: bytes[Int(offset)...].prefix { $0 != 0 }, as: UTF8.self)
  }

  // MARK: The file's tables

  private struct Header {
    let machine: Int
    let segmentsStart: UInt64
    let segmentSize: Int
    let segmentCount: Int
    let sectionsStart: UInt64
    let sectionSize: Int
    let sectionCount: Int
    /// The section with the names of the sections.
    let namesIndex: Int

    init?(_ file: InputBytes) throws(PackagingError) {
      let fields = ELFFields(bytes: try file.bytes(0..<64))
      guard fields.bytes.count == 64, fields.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
      machine = Int(fields.number(at: 18, count: 2))
      segmentsStart = fields.number(at: 32, count: 8)
      segmentSize = Int(fields.number(at: 54, count: 2))
      segmentCount = Int(fields.number(at: 56, count: 2))
      sectionsStart = fields.number(at: 40, count: 8)
      sectionSize = Int(fields.number(at: 58, count: 2))
      sectionCount = Int(fields.number(at: 60, count: 2))
      namesIndex = Int(fields.number(at: 62, count: 2))
    }

    var sectionsEnd: UInt64 { sectionsStart.addingReportingOverflow(UInt64(sectionSize * sectionCount)).partialValue }

    func sections(of file: InputBytes) throws(PackagingError) -> [Section] {
      guard sectionSize >= 64, let start = Int(exactly: sectionsStart), start <= file.count else { return [] }
      let table = ELFFields(bytes: try file.bytes(start..<start + sectionSize * sectionCount))
      return stride(from: 0, to: table.bytes.count - 63, by: sectionSize).map { place in
        Section(
          name: table.number(at: place, count: 4), offset: table.number(at: place + 24, count: 8),
          count: table.number(at: place + 32, count: 8))
      }
    }

    func segments(of file: InputBytes) throws(PackagingError) -> [Segment] {
      guard segmentSize >= 56, let start = Int(exactly: segmentsStart), start <= file.count else { return [] }
      let table = ELFFields(bytes: try file.bytes(start..<start + segmentSize * segmentCount))
      return stride(from: 0, to: table.bytes.count - 55, by: segmentSize).map { place in
        Segment(
          kind: table.number(at: place, count: 4), offset: table.number(at: place + 8, count: 8),
          address: table.number(at: place + 16, count: 8), count: table.number(at: place + 32, count: 8))
      }
    }
  }

  private struct Section {
    /// Where its name begins among the names.
    let name: UInt64
    let offset: UInt64
    let count: UInt64

    /// Nil if the file is too short for it.
    func range(in file: InputBytes) -> Range<Int>? {
      guard let start = Int(exactly: offset), let count = Int(exactly: count), start <= file.count, count <= file.count - start
      else { return nil }
      return start..<start + count
    }
  }

  private struct Segment {
    let kind: UInt64
    let offset: UInt64
    let address: UInt64
    let count: UInt64

    func bytes(of file: InputBytes) throws(PackagingError) -> [UInt8] {
      guard let start = Int(exactly: offset), let count = Int(exactly: count), start <= file.count, count <= file.count - start
      else { throw PackagingError("\(file.path) is broken: it is shorter than its headers say") }
      return try file.bytes(start..<start + count)
    }
  }
}

/// Numbers in a table, least significant byte first.
private struct ELFFields {
  let bytes: [UInt8]

  /// 0 if the table is too short.
  func number(at place: Int, count: Int) -> UInt64 {
    guard place >= 0, place + count <= bytes.count else { return 0 }
    return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
