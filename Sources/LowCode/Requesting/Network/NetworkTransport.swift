import Foundation

/// The network as the environment wants it: proxies, certificates, credentials of `.netrc`, only public addresses in the cloud.
package final class NetworkTransport: Transport {
  private let settings: NetworkSettings
  private let curl = CurlTransport()
  private let inParts = PartwiseTransport()
  private let resolver: HostResolver

  /// - Parameters:
  ///   - environment: the process's environment variables.
  ///   - secrets: learns the passwords in them.
  package convenience init(environment: [String: String] = [:], secrets: any Secrets = NoSecrets()) {
    let settings = NetworkSettings(environment)
    for secret in settings.secrets { secrets.hide(secret) }
    self.init(settings: settings, resolver: HostResolver())
  }

  init(settings: NetworkSettings, resolver: HostResolver) {
    self.settings = settings
    self.resolver = resolver
  }

  package func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let request = withCredentials(request)
    guard let address = RequestAddress(request.url) else {
      guard request.url.lowercased().hasPrefix("http") else {
        throw TransportError(.unsupportedScheme, "`\(request.url)` is no URL that begins with https:// or http://.")
      }
      throw TransportError(.invalidURL, "`\(request.url)` is not a valid URL.")
    }
    guard address.scheme == "https" || address.scheme == "http" && !settings.isCloud else {
      throw TransportError(
        .unsupportedScheme,
        "Requests go by \(settings.isCloud ? "https" : "http or https"), but \(address) asks for `\(address.scheme)`.")
    }
    var route = CurlTransport.Route(proxy: settings.proxies.proxy(for: address))
    if address.scheme == "https" { route.bundle = try settings.bundle() }
    if settings.isCloud { route.addresses = try await publicAddresses(of: address) }
    return request.receivesInParts ? try await inParts.send(request, by: route) : try await curl.send(request, by: route)
  }

  /// - Throws: ``TransportError`` where one of the addresses is not public.
  private func publicAddresses(of target: RequestAddress) async throws(TransportError) -> [String] {
    let addresses = try await resolver.addresses(of: target)
    guard addresses.allSatisfy(\.isPublic) else {
      throw TransportError(
        .forbiddenAddress,
        "\(target) belongs to a private network. In the cloud, only public addresses can be requested.")
    }
    return addresses.map(\.text)
  }

  /// `request` with the credentials of `.netrc`, unless it has some.
  private func withCredentials(_ request: HTTPRequest) -> HTTPRequest {
    var request = request
    // As the reference: what stands before the host is not sent.
    if request.url.utf8.contains(UInt8(ascii: "@")), var parts = URLComponents(string: request.url),
      parts.user != nil || parts.password != nil
    {
      parts.user = nil
      parts.password = nil
      request.url = parts.string ?? request.url
    }
    if !settings.netrc.isEmpty, request.header("Authorization") == nil, let address = RequestAddress(request.url),
      let entry = settings.netrc.entry(for: address.host)
    {
      request.setHeader("Authorization", "Basic " + Data("\(entry.user):\(entry.password)".utf8).base64EncodedString())
    }
    return request
  }
}
