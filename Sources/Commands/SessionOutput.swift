import Authoring
import ConnectorModel
import Engine
import Secrets
import Singer

extension Session {
  /// What a command prints.
  enum Output: Sendable {
    /// Messages of the protocol.
    case messages
    /// The data of records alone; what else there is to say goes to standard error.
    case records
    /// Nothing: records go into a folder.
    case folder(RecordFolder)
    /// What is no message; the log goes to standard error.
    case other
    /// The messages of a Singer tap; what else there is to say goes to standard error.
    case tap(SingerOutput)
    /// What the recorder makes of a test read. `report` shows the error that ends the run.
    case testRead(TestReadRecorder, TestRead.Limits, report: @Sendable (any Error, SecretMask) -> Void)
    /// A report, and no message at all: errors go to standard error as well.
    case report

    var isOfMessages: Bool {
      switch self {
      case .other, .report: false
      case .messages, .records, .folder, .testRead, .tap: true
      }
    }

    var isReport: Bool { if case .report = self { true } else { false } }

    var continuation: TerminalProgress.Continuation {
      switch self {
      case .messages, .other, .testRead: .messages
      case .records, .report, .tap: .none
      case .folder: .folder
      }
    }

    var folder: RecordFolder? { if case .folder(let folder) = self { folder } else { nil } }
  }

  /// What an output needs: who writes it, how far a stream is tried, and how errors are shown.
  struct Written {
    let writer: MessageWriter
    var trial: Trial?
    /// Shows an error that ends the run, where it is not written as a message.
    var showError: (@Sendable (any Error, SecretMask) -> Void)?
  }
}

extension Session.Output {
  /// What writes it.
  /// - Parameters:
  ///   - progress: shows how it goes on a terminal; nil without one.
  ///   - isMock: whether requests go to an API made up from the manifest.
  func written(
    _ mask: SecretMask, now: @escaping @Sendable () -> Int64, _ progress: TerminalProgress?, isMock: Bool
  ) -> Session.Written {
    switch self {
    case .messages, .other:
      return Session.Written(writer: MessageWriter(output: ProtocolOutput(), mask: mask, now: now, watcher: progress))
    case .report:
      let lines: any LineOutput = isMock ? NoOutput() : ControlLines()
      return Session.Written(writer: MessageWriter(output: lines, mask: mask, now: now, watcher: progress ?? PlainWatcher()))
    case .records, .folder:
      return Session.Written(writer: data(folder ?? RecordLines(ProtocolOutput()), mask, now, progress))
    case .tap(let tap): return Session.Written(writer: data(tap, mask, now, progress))
    case .testRead(let recorder, let limits, let report):
      return Session.Written(
        writer: MessageWriter(sink: recorder, mask: mask, now: now),
        trial: Trial(slices: limits.slices, pages: limits.pages, observer: recorder), showError: report)
    }
  }

  /// A writer of records without messages around them.
  private func data(
    _ records: any RecordOutput, _ mask: SecretMask, _ now: @escaping @Sendable () -> Int64, _ progress: TerminalProgress?
  ) -> MessageWriter {
    MessageWriter(output: NoOutput(), records: records, mask: mask, now: now, watcher: progress ?? PlainWatcher())
  }
}
