import Foundation
import JSON
import Testing

/// What is left of a tap when the read of it is ended from outside: nothing.
@Suite(.timeLimit(.minutes(15))) struct ProgramRemainsTests {
  @Test(arguments: ["HUP", "TERM"], ["", "trap '' TERM"])
  func aReadThatIsEndedLeavesNothing(signal: String, habit: String) async throws {
    let folder = try Folder()
    try folder.write(
      "tap.sh",
      """
      #!/bin/sh
      case "$*" in
        *--about*) exit 2 ;;
        *--discover*) echo '{"streams": [{"tap_stream_id": "a", "stream": "a", "schema": {}, "metadata": []}]}'; exit 0 ;;
      esac
      \(habit)
      echo $$ > started
      while :; do sleep 1; done
      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url(of: "tap.sh").path)
    try folder.write("manifest.yaml", "type: SingerSource\ntap: {command: [./tap.sh]}\n")
    try folder.write("config.json", #"{"token": "token-sesame"}"#)
    try folder.makeFolder("tmp")
    let run = try await Tool.shell(
      """
      TMPDIR="$PWD/tmp" "$@" > out.txt 2> err.txt & read=$!
      until [ -s started ]; do kill -0 $read || exit 9; done
      ls tmp/* > files.txt
      kill -\(signal) $read
      wait $read
      echo "status $?"
      case "$(ps -o stat= -p "$(cat started)")" in ''|Z*) ;; *) echo "the tap goes on" ;; esac
      ls tmp
      """, ["read", "--config", "config.json"], in: folder)
    #expect(run.stdout == "status \(signal == "HUP" ? 129 : 143)\n", "\(run.stdout) \(run.stderr)")
    #expect(try folder.text("files.txt").contains("config.json"))
  }

  @Test(arguments: ["nan", "inf", "-1", "0"]) func timesThatAreNoneAreRefused(time: String) async throws {
    let run = try await Tool.run(["conform", "--timeout=\(time)", "--", "true"], in: Folder())
    #expect(run.status == 64)
    #expect(run.stderr.contains("--timeout needs a number of seconds above 0."), "\(run.stderr)")
  }

  @Test func aTimeBeyondAllTimesIsLong() async throws {
    let run = try await Tool.run(["conform", "--timeout", "1e300", "--", "sh", "-c", "echo hello"], in: Folder())
    #expect(run.status == 1)
    #expect(run.stdout.contains("[not-json]"), "\(run.stdout) \(run.stderr)")
  }

  @Test func aStreamThatIsListedTwiceCountsOnce() async throws {
    let folder = try Folder()
    let stream = #"{"tap_stream_id": "a", "stream": "a", "schema": {}, "metadata": []}"#
    try folder.write("catalog.json", #"{"streams": [\#(stream), \#(stream)]}"#)
    try folder.write("config.json", "{}")
    try folder.write("tap.sh", "case \"$*\" in *--about*) exit 2 ;; esac; cat catalog.json\n")
    let found = try await Tool.run(["discover", "--singer", "sh tap.sh", "--config", "config.json"], in: folder)
    #expect(try found.messages("CATALOG", "catalog").first?["streams"]?.array?.count == 1, "\(found.stdout)")
    #expect(try found.logs("WARN").contains { $0.contains("lists the stream `a` more than once") })
  }
}
