import Testing

@testable import ConnectorModel
@testable import HTTP

@Suite struct RequestURLTests {
  /// The answers are those of the reference's requester.
  @Test(arguments: [
    ("https://a.test/api/", "x", "https://a.test/api/x"),
    ("https://a.test/api", "/x", "https://a.test/x"),
    ("https://a.test/api/", "", "https://a.test/api/"),
    ("https://a.test/api", "x/y", "https://a.test/api/x/y"),
    ("https://a.test/api", "https://b.test/z", "https://b.test/z"),
    ("https://a.test/v1", "?q=1", "https://a.test/v1/?q=1"),
    ("https://a.test/v1/", "../v2", "https://a.test/v2"),
    ("https://a.test/v1/", "./w", "https://a.test/v1/w"),
    ("https://a.test", "a//b", "https://a.test/a/b"),
    ("https://a.test/v1", "x:y", "x:y"),
    ("https://a.test/v1", "//c.test/d", "https://c.test/d"),
    ("https://a.test/v1?k=1", "x", "https://a.test/x"),
    ("https://a.test/v1", "a/b?c=d#e", "https://a.test/v1/a/b?c=d#e"),
    ("https://a.test/v1/", "#f", "https://a.test/v1/#f"),
    ("https://a.test", "../x", "https://a.test/x"),
    ("https://a.test/v1/", "x/../../../y", "https://a.test/y"),
    ("https://a.test/v1/", " x ", "https://a.test/v1/x "),
    ("https://a.test/v1\t", "\nx\r\ny", "https://a.test/v1/xy"),
    ("127.0.0.1:1", "s", "127.0.0.1:1/s"),
    ("a.test/v1", "s", "a.test/v1/s"),
  ])
  func join(base: String, path: String, expected: String) {
    #expect(RequestURL.joined(base, path) == expected)
  }

  /// RFC 3986 §5.4, but for what §5.4.2 leaves to choice.
  @Test(arguments: [
    ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"), ("//g", "http://g"),
    ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"),
    ("g?y#s", "http://a/b/c/g?y#s"), (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"), ("g;x?y#s", "http://a/b/c/g;x?y#s"),
    ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
    ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"), ("../../g", "http://a/g"),
    ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
    ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"),
    ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
    ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"), ("g?y/./x", "http://a/b/c/g?y/./x"),
    ("g?y/../x", "http://a/b/c/g?y/../x"), ("g#s/../x", "http://a/b/c/g#s/../x"), ("g:h", "g:h"), ("http:g", "http://a/b/c/g"),
    ("https://b/x", "https://b/x"), ("?", "http://a/b/c/d;p?"), ("ü?ä b", "http://a/b/c/ü?ä b"),
  ])
  func resolve(reference: String, expected: String) {
    #expect(RequestURL("http://a/b/c/d;p?q").resolving(reference).description == expected)
  }

  @Test(arguments: [
    ("http://u:p@a:1/x?y#z", "http://a:1/x"), ("http://a", "http://a"), ("a/b?c", "a/b"), ("http://a@b@c/", "http://c/"),
    ("http://[::1", "http://[::1"), ("?k=v", ""),
  ])
  func publicText(url: String, expected: String) {
    #expect(RequestURL(url).publicText == expected)
  }

  @Test(arguments: ["http://u:p@a:1/x?y#z", "http://a?", "http://a#", "//a", "a:b", "", "/x?y?z#a#b", "http:///x"])
  func nothingIsLost(url: String) {
    #expect(RequestURL(url).description == url)
  }
}

@Suite struct HostNameTests {
  /// The first four are as Python's idna has them; it refuses the others with characters beyond ASCII, which browsers map (UTS #46).
  @Test(arguments: [
    ("münchen.example", "xn--mnchen-3ya.example"), ("MÜNCHEN.Example", "xn--mnchen-3ya.example"), ("faß.de", "xn--fa-hia.de"),
    ("א1.com", "xn--1-zhc.com"),
    ("mu\u{308}nchen.example", "xn--mnchen-3ya.example"), ("bücher。example", "xn--bcher-kva.example"),
    ("例え.テスト", "xn--r8jz45g.xn--zckzah"), ("☃.net", "xn--n3h.net"), ("ａ.com", "a.com"), ("ex\u{AD}ample.com", "example.com"),
    ("m%C3%BCnchen.example", "xn--mnchen-3ya.example"), ("１２７．０．０．１", "127.0.0.1"),
    ("%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1", "127.0.0.1"), ("127%2e0.0.1", "127.0.0.1"), ("①②⑦.0.0.1", "127.0.0.1"),
    ("ⓛocalhost", "localhost"), ("A.Test.", "a.test."), ("a_b", "a_b"), ("[::1]", "[::1]"),
    ("[FE80::1%25eth0]", "[fe80::1%25eth0]"),
    ("127.1", "127.1"), ("0x7f.1", "0x7f.1"),
    // As Python's idna has them: joiners, scripts that run to the left, signs that are several letters.
    ("نامه\u{200C}ای.com", "xn--mgba3gch31f060k.com"), ("क\u{94D}\u{200D}ष.com", "xn--11b2ezcw70k.com"),
    ("עברית.co.il", "xn--5dbqzzl.co.il"), ("عربي1.com", "xn--1-0mc0a5a6f.com"), ("ΒΌΛΟΣ.com", "xn--nxasmq6b.com"),
    ("ﬁ.com", "fi.com"),
    ("한국.kr", "xn--3e0b707e.kr"), ("ⅷ.com", "viii.com"), ("ÀÉ.FR", "xn--0cas.fr"),
  ])
  func names(text: String, expected: String) throws {
    #expect(try HostName.ascii(Substring(text)) == expected)
  }

  @Test(arguments: [
    "[::1", "[::1]x", "[v1.x]", "[1.2.3.4]", "[]", "a b", "a%20b", "a%zz", "a%ff", "a%00b", "a|b", "a<b", "a^b", "a..b", ".a",
    "*.a", "",
    String(repeating: "a", count: 64) + ".com", String(repeating: "ü", count: 70) + ".com", "-ü.com", "ü..com", "xn--ü.com",
    "a\u{200D}b.com", "a／b", "a＠b", "a：1", "a℀b", "[fe80::1%25]", "[fe80::1%25a/b]", "a%2Fb", "a%40b", "a%23",
    "aא.com", "\u{661}a.com", "אa.com", "1عربي.com", "\u{200C}a.com", "a\u{200C}b.com", "\u{301}a.com", "a\u{E000}.com",
    "a\u{378}.com",
  ])
  func whatIsNoName(text: String) {
    #expect(throws: AddressError.self) { try HostName.ascii(Substring(text)) }
  }

  @Test(arguments: [
    ("http://münchen.example:81/ü", "http://xn--mnchen-3ya.example:81/ü"), ("HTTP://A.Test/", "http://a.test/"),
    ("http://user:pw@a.test/x", "http://a.test/x"), ("http://a@b@c/", "http://c/"), ("http://a:/x", "http://a/x"),
    ("http://a:0/", "http://a/"), ("http://[::1]:80/x", "http://[::1]:80/x"), ("http://a:0080/", "http://a:80/"),
  ])
  func canonical(url: String, expected: String) throws {
    #expect(try RequestURL(url).canonical().description == expected)
  }

  @Test(arguments: [
    "http://[::1", "http://a:99999/", "http://a:abc/", "http://a:-1/", "http://a:１/", "http:///x", "http:/a/x", "http:a/x",
    "//a/x",
    "a.test", "", "http://:80/", "http://@/", "http://[::1]80/", "http://::1/", "http://a:80:80/", "http://a\u{7F}/",
  ])
  func whatLeadsNowhere(url: String) {
    #expect(throws: AddressError.self) { try RequestURL(url).canonical() }
  }
}
