import Testing

@testable import HTTP

/// The expected values are those of Python's requests, netrc and ipaddress, unless a comment says otherwise.
@Suite struct NetworkSettingsTests {
  private static let urls = [
    "http://a.example/", "https://a.example/", "https://x.a.example/", "https://a.example:8443/", "https://10.1.2.3/",
  ]

  private static let proxies: [([String: String], [String?])] = [
    (["HTTP_PROXY": "http://p:1"], ["http://p:1", nil, nil, nil, nil]),
    (["http_proxy": "p:1", "HTTP_PROXY": "http://q:2"], ["http://p:1", nil, nil, nil, nil]),
    (["https_proxy": "http://p:1"], [nil, "http://p:1", "http://p:1", "http://p:1", "http://p:1"]),
    (["ALL_PROXY": "socks5://p:1"], ["socks5://p:1", "socks5://p:1", "socks5://p:1", "socks5://p:1", "socks5://p:1"]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example"], [nil, nil, nil, nil, "http://p:1"]),
    (["HTTPS_PROXY": "http://p:1", "no_proxy": ".a.example, other"], [nil, nil, nil, nil, "http://p:1"]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"], [nil, nil, nil, nil, nil]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "ample"], [nil, "http://p:1", "http://p:1", "http://p:1", "http://p:1"]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "b.example"], [nil, "http://p:1", "http://p:1", "http://p:1", "http://p:1"]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:8443"], [nil, "http://p:1", "http://p:1", nil, "http://p:1"]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"], [nil, "http://p:1", "http://p:1", "http://p:1", nil]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.1.2.3"], [nil, "http://p:1", "http://p:1", "http://p:1", nil]),
    (["HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"], [nil, nil, nil, nil, nil]),
    (["HTTPS_PROXY": "http://p:1", "https_proxy": ""], [nil, nil, nil, nil, nil]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "A.EXAMPLE"], [nil, nil, nil, nil, "http://p:1"]),
    (["Https_Proxy": "http://p:1"], [nil, "http://p:1", "http://p:1", "http://p:1", "http://p:1"]),
    (["HTTPS_PROXY": "http://p:1", "NO_PROXY": ",,"], [nil, "http://p:1", "http://p:1", "http://p:1", "http://p:1"]),
  ]

  @Test(arguments: proxies)
  func proxiesOfTheEnvironment(environment: [String: String], expected: [String?]) {
    let settings = ProxySettings(environment)
    #expect(Self.urls.map { url in RequestAddress(url).flatMap(settings.proxy(for:)) } == expected)
  }

  @Test(
    "Names in other scripts count as what they are in ASCII, wherever they stand",
    arguments: ["münchen.example", "MÜNCHEN.example", "xn--mnchen-3ya.example", "m%C3%BCnchen.example", "mu\u{308}nchen。example"])
  func namesOfOtherScripts(host: String) throws {
    let address = try #require(RequestAddress("https://\(host):8443/"))
    #expect(address.description == "https://xn--mnchen-3ya.example:8443")
    for exception in [
      "münchen.example", ".MÜNCHEN.example", "xn--mnchen-3ya.example", "münchen.example:8443", "other,ｍünchen.example",
    ] {
      #expect(ProxySettings(["HTTPS_PROXY": "http://p:1", "NO_PROXY": exception]).proxy(for: address) == nil, "\(exception)")
    }
    #expect(ProxySettings(["HTTPS_PROXY": "http://p:1", "NO_PROXY": "chen.example"]).proxy(for: address) == "http://p:1")
    for machine in ["münchen.example", "xn--mnchen-3ya.example"] {
      #expect(Netrc(parsing: "machine \(machine) login ann password p")?.entry(for: address.host)?.user == "ann")
    }
  }

  @Test(arguments: [
    ("http://münchen.example:1", "http://xn--mnchen-3ya.example:1"), ("münchen.example:1", "http://xn--mnchen-3ya.example:1"),
    ("http://ann:pw@münchen.example:1", "http://ann:pw@xn--mnchen-3ya.example:1"), ("http://ann:pä@p:1", "http://ann:pä@p:1"),
  ])
  func proxiesOfOtherScripts(proxy: String, expected: String) throws {
    let address = try #require(RequestAddress("http://a.example/"))
    #expect(ProxySettings(["HTTP_PROXY": proxy]).proxy(for: address) == expected)
  }

  private static let files: [(String, String?, String?)] = [
    ("machine a.example login ann password s3cret", "ann:s3cret", nil),
    ("machine a.example\n  login ann\n  password s3cret\nmachine b.example login bob password x", "ann:s3cret", nil),
    ("default login any password thing", "any:thing", "any:thing"),
    ("machine a.example login \"an n\" password \"p w\"", "an n:p w", nil),
    ("# comment\nmachine a.example login ann password s#1 # more", "ann:s#1", nil),
    ("machine a.example account acc password p", "acc:p", nil),
    ("machine a.example login ann", "ann:", nil),
    ("machine a.example password p", ":p", nil),
    ("macdef m\n echo hi\n\nmachine a.example login ann password p", "ann:p", nil),
    ("garbage here", nil, nil),
    ("machine a.example login ann password p default login d password e", "ann:p", "d:e"),
    ("machine a.example login a\\ b password p\\\"q", "a b:p\"q", nil),
  ]

  @Test(arguments: files)
  func netrc(text: String, a: String?, c: String?) {
    let netrc = Netrc(parsing: text)
    let found = ["a.example", "c.example"].map { host in netrc?.entry(for: host).map { "\($0.user):\($0.password)" } }
    #expect(found == [a, c])
  }

  // Stricter than Python: shared address space, groups, and IPv6 addresses that carry a private IPv4 address are not public.
  private static let addresses: [(String, Bool)] = [
    ("8.8.8.8", true), ("10.0.0.1", false), ("172.15.255.255", true), ("172.16.0.0", false), ("172.31.255.255", false),
    ("172.32.0.0", true), ("192.168.0.1", false), ("127.0.0.1", false), ("169.254.169.254", false), ("0.0.0.0", false),
    ("100.64.0.1", false), ("198.18.0.1", false), ("198.20.0.1", true), ("224.0.0.1", false), ("255.255.255.255", false),
    ("192.0.2.1", false), ("203.0.113.9", false), ("240.0.0.1", false), ("1.1.1.1", true), ("::1", false), ("::", false),
    ("fe80::1", false), ("fc00::1", false), ("fd12::1", false), ("2606:4700::1111", true), ("2001:db8::1", false),
    ("2001::1", false), ("2a00:1450:4001::1", true), ("::ffff:10.0.0.1", false), ("::ffff:8.8.8.8", true),
    ("64:ff9b::a00:1", false), ("2002:a00:1::", false), ("2002:808:808::", true), ("ff02::1", false),
  ]

  @Test(arguments: addresses)
  func publicAddresses(text: String, isPublic: Bool) throws {
    #expect(try #require(IPAddress(text)).isPublic == isPublic)
  }

  @Test(arguments: ["", "1.2.3", "256.1.1.1", "a.example", "0x7f.0.0.1", ":::"])
  func whatIsNoAddress(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    ([:], nil as String?), (["SSL_CERT_FILE": "a"], "a"), (["SSL_CERT_FILE": "a", "CURL_CA_BUNDLE": "b"], "b"),
    (["SSL_CERT_FILE": "a", "CURL_CA_BUNDLE": "b", "REQUESTS_CA_BUNDLE": "c"], "c"),
    (["SSL_CERT_FILE": "a", "REQUESTS_CA_BUNDLE": ""], "a"),
  ])
  func bundles(environment: [String: String], expected: String?) {
    #expect(NetworkSettings(environment).bundlePath == expected)
  }

  @Test(
    "The environment chooses what carries requests",
    arguments: [
      ([:], TransportKind.standard), ([TransportKind.variable: ""], .standard), ([TransportKind.variable: "curl"], .curl),
      ([TransportKind.variable: "URLSession"], .urlsession), ([TransportKind.variable: "pigeon"], nil),
    ] as [([String: String], TransportKind?)])
  func transports(environment: [String: String], expected: TransportKind?) {
    #expect((try? NetworkSettings(environment).transport.get()) == expected)
  }

  @Test func passwordsOfProxiesAreSecrets() {
    #expect(NetworkSettings(["HTTPS_PROXY": "http://ann:pw@p:1", "HTTP_PROXY": "p:1"]).secrets == ["pw"])
    #expect(NetworkSettings(["HTTPS_PROXY": "ann:p%40w:x@p:1"]).secrets == ["p@w:x"])
  }
}
