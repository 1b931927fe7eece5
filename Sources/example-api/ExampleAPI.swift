import ArgumentParser
import FlyingFox
import FlyingSocks
import Foundation

/// A small bookshop's HTTP API on the loopback interface, for trying manifests without an account anywhere.
@main
struct ExampleAPI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "example-api",
    abstract: "Serves a bookshop's API on 127.0.0.1: authors, their books, and orders.",
    discussion: "Prints its address as the first line, then serves until it is stopped.")

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port: UInt16 = 18_100

  @Option(help: "The bearer token that requests must carry.")
  var token = "bookshop-token"

  func run() async throws {
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), logger: .disabled,
      handler: BookshopHandler(shop: Bookshop(), token: token))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      try await server.waitUntilListening()
      if case .ip4(_, let port) = await server.listeningAddress {
        // Through a file handle, so that a reader of a pipe has the line at once.
        FileHandle.standardOutput.write(Data("http://127.0.0.1:\(port)\n".utf8))
      }
      try await group.waitForAll()
    }
  }
}
