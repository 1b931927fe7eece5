import AirbyteProtocol

/// What all streams of one read share.
struct ReadRun: Sendable {
  let writer: MessageWriter
  let limiter: PartitionLimiter
  let runtime: RuntimeEnvironment
  let progress: any ReadProgress
  /// How many slices may be read at a time.
  let concurrency: Int
}

extension Connector {
  /// Reads the streams of `catalog` and writes their messages.
  ///
  /// A stream that fails does not stop the others.
  /// - Returns: whether every stream was read wholly.
  /// - Throws: ``ConnectorError`` where nothing can be read at all, ``OutputClosed``, `CancellationError`.
  package func read(_ catalog: [ConfiguredStream], to writer: MessageWriter, progress: any ReadProgress = NoProgress())
    async throws
    -> Bool
  {
    let runtime = context.runtime
    let available = try streamsOrErrors()
    let byName = Dictionary(available.map { ($0.name, $0.stream) }, uniquingKeysWith: { $1 })
    let concurrency = try self.concurrency()
    let run = ReadRun(
      writer: writer, limiter: PartitionLimiter(permits: concurrency), runtime: runtime, progress: progress,
      concurrency: concurrency)
    var failed: [String] = []
    var readers: [(name: String, reader: StreamReader)] = []
    for entry in catalog {
      let name = entry.descriptor.name
      switch byName[name] {
      case .success(let stream)?:
        // As the reference: a schema that cannot be had ends the whole read.
        readers.append((name, StreamReader(stream, schema: try await stream.schema(), in: run)))
      case .failure(let error)?:
        failed.append(name)
        writer.error(error, stream: entry.descriptor)
        try writer.status(entry.descriptor, .incomplete)
        progress.skipped(stream: name)
      case nil:
        let nearest = NameSuggestion.nearest(to: name, among: available.map(\.name))
        runtime.log.log(
          .warn,
          "The catalog asks for the stream `\(name)`, which the manifest does not have."
            + (nearest.map { " Did you mean `\($0)`?" } ?? ""))
        try writer.status(entry.descriptor, .incomplete)
        progress.skipped(stream: name)
      }
    }
    failed += try await Self.read(readers, atATime: concurrency)
    guard failed.isEmpty else {
      let names = failed.sorted().map { "`\($0)`" }.joined(separator: ", ")
      writer.error(
        ConnectorError(
          .config,
          "\(failed.count == 1 ? "A stream was" : "\(failed.count) streams were") not read wholly: \(names). "
            + "The error of each was reported before.", internalMessage: "Some streams failed."))
      return false
    }
    return true
  }

  /// Reads some streams at a time, in order, and returns the names of those that failed.
  private static func read(_ readers: [(name: String, reader: StreamReader)], atATime limit: Int) async throws -> [String] {
    try await withThrowingTaskGroup(of: String?.self) { group in
      var failed: [String] = []
      var rest = readers[...]
      func startNext() {
        guard let (name, reader) = rest.popFirst() else { return }
        group.addTask { try await reader.read() ? nil : name }
      }
      for _ in 0..<max(1, limit) { startNext() }
      while let result = try await group.next() {
        if let name = result { failed.append(name) }
        startNext()
      }
      return failed
    }
  }

  /// How many slices are read at a time: what the manifest says, or 2 as with the reference.
  private func concurrency() throws -> Int {
    guard let node = manifest.root["concurrency_level"], !node.isNull else { return 2 }
    return try max(2, ConcurrencyLevel(from: ComponentNode(node), in: context).level)
  }
}
