import Bytes
import CPCRE2
import Synchronization

/// A pattern as PCRE2 compiled it.
///
/// Sound to share: PCRE2 does not change a compiled pattern while it matches, and what a match writes to is lent to one
/// search at a time.
final class PatternProgram: Sendable {
  private let code: SharedPointer
  /// What matches write to, where no search uses it at present.
  private let idle = Mutex<[Workspace]>([])
  /// How many characters a match has at least.
  let shortestMatch: Int

  private static let options =
    PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_ALT_CIRCUMFLEX
    // Each step is reported, so that all of them can be counted.
    | PCRE2_AUTO_CALLOUT | UInt32(PCRE2_NO_AUTO_POSSESS)

  init(_ pattern: String) throws(PatternError) {
    guard let context = pcre2_compile_context_create_8(nil) else { throw PatternError("there is no memory for it") }
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    var code: Int32 = 0
    var place = 0
    var pattern = pattern
    let compiled = pattern.withUTF8 { pcre2_compile_8($0.baseAddress, $0.count, Self.options, &code, &place, context) }
    guard let compiled else {
      var text = [UInt8](repeating: 0, count: 256)
      let count = pcre2_get_error_message_8(code, &text, text.count)
      throw PatternError(count > 0 ? String(decoding: text.prefix(Int(count)), as: UTF8.self) : "it cannot be compiled")
    }
    self.code = SharedPointer(compiled)
    var shortest: UInt32 = 0
    pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_MINLENGTH), &shortest)
    shortestMatch = Int(shortest)
  }

  deinit { pcre2_code_free_8(code.opaque) }

  /// What one search writes to.
  ///
  /// Sound to send: it belongs to at most one search.
  final class Workspace: Sendable {
    private let memory: (data: SharedPointer, context: SharedPointer)

    var data: OpaquePointer { memory.data.opaque }
    var context: OpaquePointer { memory.context.opaque }

    fileprivate init?(_ code: OpaquePointer) {
      guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else { return nil }
      guard let context = pcre2_match_context_create_8(nil) else {
        pcre2_match_data_free_8(data)
        return nil
      }
      memory = (SharedPointer(data), SharedPointer(context))
      // Steps are counted as they are reported; PCRE2 itself starts counting again at each place of the text.
      pcre2_set_match_limit_8(context, .max)
      pcre2_set_depth_limit_8(context, .max)
      pcre2_set_heap_limit_8(context, UInt32(PatternSearch.greatestMemory / 1_024))
    }

    deinit {
      pcre2_match_data_free_8(data)
      pcre2_match_context_free_8(context)
    }
  }

  func withWorkspace<Result>(_ body: (Workspace) -> Result) -> Result? {
    guard let workspace = idle.withLock({ $0.popLast() }) ?? Workspace(code.opaque) else { return nil }
    defer { idle.withLock { $0.append(workspace) } }
    return body(workspace)
  }

  /// PCRE2's answer: the number of groups that were set and one more, or an error.
  func match(_ text: UnsafeBufferPointer<UInt8>, from position: Int, _ options: UInt32, in workspace: Workspace) -> Int32 {
    pcre2_match_8(
      code.opaque, text.baseAddress, text.count, position, options | PCRE2_NO_UTF_CHECK, workspace.data, workspace.context)
  }
}
