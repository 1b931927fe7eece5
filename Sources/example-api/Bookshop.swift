import Foundation

/// What the shop sells, to whom: the same on every start, made from the numbers of things alone.
struct Bookshop: Sendable {
  struct Author: Sendable, Encodable {
    let id: Int
    let name: String
    let country: String
    let born: Int
  }

  struct Book: Sendable, Encodable {
    let isbn: String
    let title: String
    let price: Price
    let pages: Int
    let tags: [String]
    /// RFC 3339, in UTC.
    let updatedAt: String
  }

  struct Price: Sendable, Encodable {
    let amount: Double
    let currency: String
  }

  struct Order: Sendable, Encodable {
    let id: Int
    let isbn: String
    let quantity: Int
    let customer: Customer
    /// RFC 3339, in UTC.
    let createdAt: String
  }

  struct Customer: Sendable, Encodable {
    let name: String
    let email: String?
  }

  let authors: [Author]
  /// By author, oldest change first.
  let books: [Int: [Book]]
  /// Oldest first.
  let orders: [Order]

  // 2024-01-01T00:00:00Z
  private static let opening = 1_704_067_200
  private static let givenNames = ["Ada", "Bruno", "Chiara", "Dmitri", "Élise", "Farid", "Greta", "Hiro", "Ines", "Jonas"]
  private static let familyNames = ["Abara", "Brandt", "Castillo", "Dubois", "Eriksen", "Fontana", "Grünwald", "Haddad"]
  private static let countries = ["AR", "DE", "ES", "FR", "IT", "JP", "NG", "NO"]
  private static let subjects = ["Rivers", "Clocks", "Lighthouses", "Gardens", "Ferries", "Bridges", "Winters"]
  private static let places = ["of the North", "at Night", "without Maps", "and Other Stories", "in Four Letters"]
  private static let tags = ["novel", "essay", "poetry", "travel", "history"]

  /// A shop with 120 authors, some 2,900 books and 3,000 orders.
  init() {
    let authors = (1...120).map(Self.author)
    let books = Dictionary(uniqueKeysWithValues: authors.map { ($0.id, Self.books(of: $0.id)) })
    let sold = authors.flatMap { books[$0.id] ?? [] }
    self.authors = authors
    self.books = books
    orders = (1...3_000).map { Self.order($0, of: sold) }
  }

  private static func author(_ id: Int) -> Author {
    Author(
      id: id, name: "\(givenNames[id % givenNames.count]) \(familyNames[id * 3 % familyNames.count])",
      country: countries[id * 5 % countries.count], born: 1930 + id * 7 % 70)
  }

  private static func books(of author: Int) -> [Book] {
    (0..<(author * 11 % 50)).map { book($0, of: author) }
  }

  private static func book(_ number: Int, of author: Int) -> Book {
    let subject = subjects[(author + number) % subjects.count]
    let cents = 799 + (author * 37 + number * 101) % 3_200
    return Book(
      isbn: "978-\(1_000 + author)-\(100 + number)",
      title: "\(subject) \(places[number % places.count])",
      price: Price(amount: Double(cents) / 100, currency: "EUR"),
      pages: 80 + (author * 13 + number * 29) % 600,
      tags: number % 4 == 0 ? [] : [tags[number % tags.count], tags[(number + 2) % tags.count]],
      updatedAt: time(opening + number * 700_000 + author * 1_801))
  }

  private static func order(_ id: Int, of sold: [Book]) -> Order {
    let name = "\(givenNames[id * 7 % givenNames.count]) \(familyNames[id % familyNames.count])"
    return Order(
      id: id, isbn: sold[id * 17 % sold.count].isbn, quantity: 1 + id % 3,
      customer: Customer(name: name, email: id % 5 == 0 ? nil : "customer\(id)@example.com"),
      createdAt: time(opening + id * 12_007))
  }

  private static func time(_ seconds: Int) -> String {
    Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }
}
