import Foundation

/// A small source that is a shell script: two streams, `orders` with states and `notes` without.
enum ShellSource {
  /// What its `read` does beyond what is expected of it.
  enum Habit: String, CaseIterable {
    case none = ":"
    /// Writes lines that are no messages, and half a line at last.
    case garbage = "echo 'Starting up'; echo '{\"half\":'"
    /// Ends with a status and last words.
    case fails = "echo 'ERROR: the disk is full, token-sesame' >&2; exit 7"
    /// Is ended by a signal.
    case dies = "kill -9 $$"
    /// Reports an error as the protocol has it.
    case reports =
      #"echo '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"The key token-sesame is wrong","failure_type":"config_error"}}}'; exit 1"#
    /// Writes nothing further.
    case hangs = "exec sleep 1000"
  }

  /// - Parameter habit: what happens after the first record.
  static func script(_ habit: Habit = .none) -> String {
    #"""
    #!/bin/sh
    command=$1
    while [ $# -gt 0 ]; do
      case $1 in
        --config) config=$2; shift ;;
        --catalog) catalog=$2; shift ;;
        --state) state=$2; shift ;;
      esac
      shift
    done
    status() { echo "{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1,\"stream_status\":{\"stream_descriptor\":{\"name\":\"$1\"},\"status\":\"$2\"}}}"; }
    order() { echo "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":{\"id\":$1, \"price\": 1.50},\"emitted_at\":1700000000000}}"; }
    case $command in
      spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","required":["token"],"properties":{"token":{"type":"string","airbyte_secret":true}}}}}' ;;
      check)
        if grep -q wrong "$config"; then
          echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"The token is wrong"}}'
        else
          echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}'
        fi ;;
      discover)
        echo '{"type":"LOG","log":{"level":"INFO","message":"looking with token-sesame"}}'
        echo '{"type":"CATALOG","catalog":{"streams":[{"name":"orders","json_schema":{"type":"object","properties":{"id":{"type":"integer"},"price":{"type":"number"}}},"supported_sync_modes":["full_refresh","incremental"],"source_defined_cursor":true,"default_cursor_field":["id"],"source_defined_primary_key":[["id"]]},{"name":"notes","json_schema":{"type":"object","properties":{"text":{"type":"string"}}},"supported_sync_modes":["full_refresh"]}]}}' ;;
      read)
        echo "INFO reading with token-sesame" >&2
        if grep -q '"orders"' "$catalog"; then
          last=0
          if [ -n "$state" ]; then last=$(sed 's/.*"id":\([0-9]*\).*/\1/' "$state"); fi
          status orders STARTED
          status orders RUNNING
          order $((last + 1))
    """# + "\n      \(habit.rawValue)\n" + #"""
            order $((last + 2))
            echo "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"orders\"},\"stream_state\":{\"id\":$((last + 2))}},\"sourceStats\":{\"recordCount\":2}}}"
            status orders COMPLETE
          fi
          if grep -q '"notes"' "$catalog"; then
            status notes STARTED
            status notes RUNNING
            echo '{"type":"RECORD","record":{"stream":"notes","data":{"text":"größer"},"emitted_at":1700000000001,"meta":{"changes":[]}}}'
            status notes COMPLETE
          fi ;;
      esac
      """# + "\n"
  }

  /// A folder with the script, a manifest of it, and a config.
  static func folder(_ habit: Habit = .none, more: String = "") throws -> Folder {
    let folder = try Folder()
    try folder.write("shop.sh", script(habit))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url(of: "shop.sh").path)
    try folder.write("manifest.yaml", "version: 1.0.0\ntype: ProcessSource\ncommand: [./shop.sh]\n" + more)
    try folder.write("config.json", #"{"token":"token-sesame"}"#)
    return folder
  }
}
