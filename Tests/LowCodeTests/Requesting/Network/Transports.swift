import Foundation
import Secrets
import Testing

@testable import ConnectorModel
@testable import HTTP

/// A transport and how it receives bodies.
struct Way: Sendable, CustomTestStringConvertible {
  let kind: TransportKind
  let inParts: Bool

  static let all = TransportKind.allCases.flatMap { kind in [true, false].map { Way(kind: kind, inParts: $0) } }

  var testDescription: String { "\(kind), \(inParts ? "in parts" : "whole")" }
}

/// What `URLSession` does otherwise on Linux than it should. Each has a row of this name in docs/transports.md.
enum LinuxFault: String, CaseIterable {
  case certificates = "CA bundles"
  case clientCertificates = "Client certificates"
  case cutHeads = "Connections that close within a head"
  case trailers = "Trailers behind a body in chunks"
  case compression = "Compressed bodies that end too early"
  case plainBodies = "Bodies that only claim to be compressed"
  case gzipMembers = "Gzip of several members, or with something behind it"
  case unknownEncodings = "Other content encodings"
  case headSizes = "Long heads"
  case headerBytes = "Header bytes that are not UTF-8"
  case headerNames = "Names of response headers"
  case repeatedNames = "Headers that are repeated in another spelling"
  case proxies = "Proxies"
  case redirectBodies = "Bodies of redirects"
  case statusLines = "Status lines without a reason"
  case lineEnds = "Heads whose lines end with LF alone"
  case backPressure = "Holding a body back"
}

extension TransportKind {
  /// Whether this is the one that has the faults.
  var hasFaults: Bool {
    #if canImport(FoundationNetworking)
      self == .urlsession
    #else
      false
    #endif
  }

  /// Runs expectations that `fault` may keep from being met; where the platform has it right, they have to be.
  func expecting(unless fault: LinuxFault, _ body: () async throws -> Void) async throws {
    guard hasFaults else { return try await body() }
    await withKnownIssue("\(fault.rawValue)", isIntermittent: true) { try await body() }
  }
}

extension NetworkTransport {
  convenience init(_ kind: TransportKind, _ environment: [String: String] = [:], secrets: any Secrets = NoSecrets()) {
    self.init(environment: environment.merging([TransportKind.variable: kind.rawValue]) { $1 }, secrets: secrets)
  }

  convenience init(_ kind: TransportKind, _ environment: [String: String], resolver: HostResolver) {
    self.init(
      settings: NetworkSettings(environment.merging([TransportKind.variable: kind.rawValue]) { $1 }), resolver: resolver)
  }
}
