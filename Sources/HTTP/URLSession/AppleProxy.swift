#if URLSession && !canImport(FoundationNetworking)
  import ConnectorModel
  import Foundation

  /// Proxies as Apple's systems take them.
  enum AppleProxy {
    /// - Parameter url: of the proxy, with a user and a password where it asks for them.
    static func dictionary(_ url: String) -> [AnyHashable: Any] {
      guard let address = RequestAddress(url) else { return [:] }
      var settings: [AnyHashable: Any] = [
        "HTTPEnable": 1, "HTTPProxy": address.host, "HTTPPort": address.port,
        "HTTPSEnable": 1, "HTTPSProxy": address.host, "HTTPSPort": address.port,
      ]
      if let user = RequestURL(url).userAndPlace?.user {
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        settings[kCFProxyUsernameKey as String] = PercentEncoding.decoded(parts[0]) ?? String(parts[0])
        if parts.count == 2 { settings[kCFProxyPasswordKey as String] = PercentEncoding.decoded(parts[1]) ?? String(parts[1]) }
      }
      return settings
    }
  }
#endif
