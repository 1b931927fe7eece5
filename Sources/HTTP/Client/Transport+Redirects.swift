import ConnectorModel
import Secrets

extension Transport {
  /// Sends a request and follows its redirects.
  package func send(
    _ request: HTTPRequest, secrets: any Secrets = NoSecrets()
  ) async throws(TransportError) -> HTTPResponse { try await send(request, secrets: secrets, log: nil) }

  /// - Parameter log: says what is sent and what is answered.
  package func send(_ request: HTTPRequest, secrets: any Secrets, log: ExchangeLog?) async throws(TransportError) -> HTTPResponse
  {
    let start = log?.runtime.now() ?? 0
    log?.sending(request)
    do throws(TransportError) {
      var redirects = Redirects(of: request, secrets: secrets)
      var response = try await exchange(request)
      while let next = try redirects.next(after: response) {
        log?.redirected(response, to: next)
        response = try await exchange(next)
      }
      log?.received(response, to: request, since: start)
      return response
    } catch {
      log?.failed(error, request, since: start)
      throw error
    }
  }
}
