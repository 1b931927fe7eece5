import ConnectorModel
import Essentials
import Secrets

/// The network with the settings of the environment: proxies, certificates, credentials of `.netrc`, only public addresses in the
/// cloud.
package final class NetworkTransport: Transport {
  private let settings: NetworkSettings
  private let carrier: any Carrier
  private let resolver: HostResolver

  /// - Parameters:
  ///   - environment: the process's environment variables.
  ///   - secrets: learns the passwords in them.
  package convenience init(environment: [String: String] = [:], secrets: any Secrets = NoSecrets()) {
    let settings = NetworkSettings(environment)
    for secret in settings.secrets { secrets.hide(secret) }
    self.init(settings: settings, resolver: HostResolver())
  }

  package init(settings: NetworkSettings, resolver: HostResolver) {
    self.settings = settings
    self.resolver = resolver
    let kind = (try? settings.transport.get()) ?? .standard
    carrier = kind.carrier(limits: (try? settings.limits.get()) ?? TransferLimits())
  }

  package func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    if case .failure(let error) = settings.limits { throw TransportError(.invalidSetting, error.message) }
    if case .failure(let error) = settings.transport { throw TransportError(.invalidSetting, error.message) }
    let (request, address) = try addressed(request)
    guard address.scheme == "https" || address.scheme == "http" && !settings.isCloud else {
      throw TransportError(
        .unsupportedScheme,
        "Requests can use \(settings.isCloud ? "https" : "http or https") only, but \(address) has `\(address.scheme)`")
    }
    var route = Route(proxy: settings.proxies.proxy(for: address))
    if address.scheme == "https" {
      route.bundle = try settings.bundle()
      route.clientCertificate = try settings.clientCertificate()
    }
    if settings.isCloud { route.addresses = try await publicAddresses(of: address) }
    return try await carrier.send(request, by: route)
  }

  /// - Throws: ``TransportError`` if one of the addresses is not public.
  private func publicAddresses(of target: RequestAddress) async throws(TransportError) -> [String] {
    let addresses = try await resolver.addresses(of: target)
    guard addresses.allSatisfy(\.isPublic) else {
      throw TransportError(
        .forbiddenAddress,
        "\(target) belongs to a private network. In the cloud, only public addresses can be requested")
    }
    return addresses.map(\.text)
  }

  /// `request` to the one place that its URL leads to, with the credentials of `.netrc` unless it has some.
  private func addressed(_ request: HTTPRequest) throws(TransportError) -> (HTTPRequest, RequestAddress) {
    var request = request
    let url = RequestURL(request.url)
    let address: RequestAddress
    do throws(AddressError) {
      address = try RequestAddress(of: url)
      if !url.isAt(address) { request.url = try url.canonical().description }
    } catch {
      let isHTTP = ["http", "https"].contains(url.scheme?.lowercased())
      throw TransportError(
        isHTTP ? .invalidURL : .unsupportedScheme, "The address `\(url.publicText)` cannot be requested: \(error.reason)")
    }
    if !settings.netrc.isEmpty, request.header("Authorization") == nil, let entry = settings.netrc.entry(for: address.host) {
      request.setHeader("Authorization", "Basic " + Data("\(entry.user):\(entry.password)".utf8).base64EncodedString())
    }
    return (request, address)
  }
}
