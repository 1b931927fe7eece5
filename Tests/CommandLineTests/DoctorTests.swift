import Foundation
import JSON
import Testing

/// What `doctor` says of a machine that is as each test makes it.
@Suite struct DoctorTests {
  private static let subjects = [
    "program", "transport", "certificates", "proxy", "network", "clock", "python", "folder", "temporary", "terminal",
  ]

  /// The findings by their subjects, and the exit status.
  private func findings(
    _ arguments: [String] = [], in folder: Folder, environment: [String: String] = [:]
  ) async throws -> (findings: [String: (state: String, text: String)], status: Int32) {
    let run = try await Tool.run(["doctor", "--format", "json"] + arguments, in: folder, environment: environment)
    let report = try JSONValue(parsing: Array(run.stdout.utf8))
    let list = try #require(report["findings"]?.array)
    #expect(list.compactMap { $0["subject"]?.string } == Self.subjects)
    let pairs = list.map { finding in
      let text = [finding["text"]?.string, finding["remedy"]?.string].compactMap { $0 }.joined(separator: ": ")
      return (finding["subject"]?.string ?? "", (finding["state"]?.string ?? "", text))
    }
    #expect(report["works"] == .bool(run.status == 0))
    return (Dictionary(uniqueKeysWithValues: pairs), run.status)
  }

  private static let bundle = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

  /// An environment in which everything that is needed works.
  private func healthy(_ folder: Folder) throws -> [String: String] {
    try folder.write("bundle.pem", Self.bundle + Self.bundle)
    try folder.makeFolder("temporary")
    return ["SSL_CERT_FILE": "bundle.pem", "TMPDIR": folder.url(of: "temporary").path, "PATH": ""]
  }

  @Test func itHasTenLines() async throws {
    let folder = try Folder()
    let run = try await Tool.run(["doctor"], in: folder, environment: try healthy(folder))
    let lines = run.stdout.split(separator: "\n")
    #expect(lines.map { String($0.split(separator: " ")[1]) } == Self.subjects)
    #expect(lines.allSatisfy { $0.hasPrefix("ok ") || $0.hasPrefix("note ") }, "\(run.stdout)")
    #expect(run.stderr.isEmpty)
    #expect(run.status == 0)
    let colored = try await Tool.run(["doctor", "--color", "always"], in: folder, environment: try healthy(folder))
    #expect(colored.stdout.hasPrefix("\u{1B}[32mok\u{1B}[0m"))
  }

  @Test func aHealthyMachineIsOne() async throws {
    let folder = try Folder()
    let (found, status) = try await findings(in: folder, environment: healthy(folder))
    #expect(status == 0)
    #expect(found["program"]?.text.hasPrefix("airbyte-lowcode ") == true)
    #expect(found["certificates"]?.text == "2 in bundle.pem (`SSL_CERT_FILE` names it)")
    #expect(found["proxy"]?.text == "none")
    #expect(found["network"]?.state == "note")
    #expect(found["python"]?.text == "there is none; only custom components need it")
    #expect(found["folder"]?.text.contains(" can be written, ") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url(of: "temporary").path).isEmpty)
  }

  @Test(arguments: [
    ("SSL_CERT_FILE", "missing.pem", "certificates", "there are none in missing.pem (`SSL_CERT_FILE` names it)"),
    ("SSL_CERT_FILE", "empty.pem", "certificates", "there are none in empty.pem"),
    (
      "TMPDIR", "/nowhere", "temporary",
      "/nowhere cannot be written (No such file or directory): let `TMPDIR` name a folder that can"
    ),
    ("AIRBYTE_LOWCODE_TRANSPORT", "pigeon", "transport", "should be `curl` or `urlsession`, not `pigeon`"),
    ("AIRBYTE_LOWCODE_PYTHON", "/nowhere/python", "python", "there is no program `/nowhere/python`"),
    ("AIRBYTE_LOWCODE_PYTHON", "/bin/false", "python", "/bin/false cannot be run (`AIRBYTE_LOWCODE_PYTHON` names it)"),
  ])
  func whatDoesNotWorkFails(variable: String, value: String, subject: String, text: String) async throws {
    let folder = try Folder()
    var environment = try healthy(folder)
    try folder.write("empty.pem", "")
    environment[variable] = value
    let (found, status) = try await findings(in: folder, environment: environment)
    #expect(found[subject]?.state == "fails")
    #expect(found[subject]?.text.contains(text) == true, "\(found[subject]?.text ?? "")")
    #expect(found.values.count { $0.state == "fails" } == 1)
    #expect(status == 1)
  }

  @Test(arguments: [
    ("3.12.1\\n7.39.1\\n", "ok", "is 3.12.1 with airbyte-cdk 7.39.1"),
    ("3.12.1\\n", "note", "is 3.12.1 without airbyte-cdk; only custom components need it: `airbyte-lowcode components setup`"),
  ])
  func pythonSaysItsVersions(answer: String, state: String, text: String) async throws {
    let folder = try Folder()
    try folder.write("python", "#!/bin/sh\nprintf '\(answer)'\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url(of: "python").path)
    var environment = try healthy(folder)
    environment["AIRBYTE_LOWCODE_PYTHON"] = "./python"
    let (found, _) = try await findings(in: folder, environment: environment)
    #expect(found["python"]?.state == state)
    #expect(found["python"]?.text.contains(text) == true, "\(found["python"]?.text ?? "")")
  }

  @Test func proxiesAreShownWithoutTheirPasswords() async throws {
    let folder = try Folder()
    var environment = try healthy(folder)
    environment["https_proxy"] = "http://user:sesame@proxy.invalid:3128"
    environment["http_proxy"] = "plain.invalid:8080"
    let (found, _) = try await findings(in: folder, environment: environment)
    #expect(found["proxy"]?.text == "http: http://plain.invalid:8080, https: http://proxy.invalid:3128")
  }

  @Test func anAddressIsAskedOnlyOnRequest() async throws {
    let folder = try Folder()
    let api = try UnrulyAPI { request in
      let late = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 2022 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n"
      return request.path == "/late" ? .bytes(Array(late.utf8)) : .json(401, "{}")
    }
    let environment = try healthy(folder)
    let (asked, status) = try await findings(
      ["--url", "http://\(api.address)/?key=sesame"], in: folder, environment: environment)
    #expect(asked["network"]?.text.hasPrefix("http://\(api.address)/ answered 401 after ") == true)
    #expect(status == 0)
    let (late, lateStatus) = try await findings(["--url", "http://\(api.address)/late"], in: folder, environment: environment)
    #expect(late["clock"]?.state == "fails")
    #expect(late["clock"]?.text.contains(" seconds ahead of the server's: set the clock") == true, "\(late["clock"]?.text ?? "")")
    #expect(lateStatus == 1)
    let (refused, refusedStatus) = try await findings(["--url", "http://127.0.0.1:9"], in: folder, environment: environment)
    #expect(refused["network"]?.state == "fails")
    #expect(refusedStatus == 1)
  }
}
