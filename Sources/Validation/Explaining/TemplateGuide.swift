import JSON
import Jinja
import Manifest
import Templating

/// What templates may use, for people: the variables, macros and filters that the bundled schema describes, and those of Jinja.
package enum TemplateGuide {
  /// One name that templates may use.
  package struct Entry: Sendable {
    package let name: String
    let kind: String
    let description: String
    var arguments: [(name: String, description: String)] = []
    var result: String?
    var examples: [String] = []
  }

  package static let variables = described("variables", "variable of templates")
  static let macros = described("macros", "macro")
  /// The reference's own filters first.
  static let filters = described("filters", "filter") + standard(filterSummaries, "filter", Environment.lowCode.filters.keys)

  static var all: [Entry] { variables + macros + filters }

  private static func described(_ section: String, _ kind: String) -> [Entry] {
    (ComponentSchema.document["interpolation"]?[section]?.array ?? []).compactMap { item in
      guard let name = item["title"]?.string else { return nil }
      return Entry(
        name: name, kind: kind, description: item["description"]?.string ?? "",
        arguments: (item["arguments"]?.object ?? [:]).map { ($0.key, $0.value.string ?? "") },
        result: item["return_type"]?.string ?? item["type"]?.string,
        examples: (item["examples"]?.array ?? []).map { $0.string ?? $0.jsonText })
    }
  }

  private static func standard(_ summaries: [String: String], _ kind: String, _ names: some Sequence<String>) -> [Entry] {
    let known = Set((ComponentSchema.document["interpolation"]?["filters"]?.array ?? []).compactMap { $0["title"]?.string })
    return names.filter { !known.contains($0) }.sorted().map { Entry(name: $0, kind: kind, description: summaries[$0] ?? "") }
  }

  private static let filterSummaries: [String: String] = [
    "abs": "The absolute value of a number, without its sign.",
    "attr": "A member of a value by its name.",
    "batch": "The elements in lists of a given length: `batch(3)`.",
    "capitalize": "The text with its first letter in upper case and the others in lower case.",
    "center": "The text in the middle of a given width.",
    "count": "How many elements, members or characters there are.",
    "d": "The same as `default`.",
    "default": "Another value where this one is undefined: `default('none')`; with `true` behind it, where it is empty too.",
    "dictsort": "The members of a mapping as pairs, in the order of their keys.",
    "e": "The same as `escape`.",
    "escape": "The text with `&`, `<`, `>` and quotes as HTML writes them.",
    "filesizeformat": "A number of bytes for people, as in `13.0 kB`.",
    "first": "The first element.",
    "float": "The value as a number with a fraction; 0.0, or the default that is given, if it is not a number.",
    "forceescape": "The same as `escape`, also for what is marked as safe.",
    "format": "The text with values in the places of its `%s`: `format(a, b)`.",
    "groupby": "The elements in groups that have the same value of a member.",
    "indent": "The lines moved to the right: `indent(2)`.",
    "int": "The value as a whole number; 0, or the default that is given, if it is not a number.",
    "items": "The members of a mapping as pairs.",
    "join": "The elements as one text, with another between them: `join(',')`.",
    "last": "The last element.",
    "length": "How many elements, members or characters there are.",
    "list": "The elements as a list; of a text its characters.",
    "lower": "The text in lower case.",
    "map": "A member of each element, or each element through a filter: `map(attribute='id')`, `map('upper')`.",
    "max": "The largest element.",
    "min": "The smallest element.",
    "pprint": "The value as Python prints it for people.",
    "random": "One of the elements, at random.",
    "reject": "The elements that do not pass a test: `reject('none')`.",
    "rejectattr": "The elements a member of which does not pass a test.",
    "replace": "The text with another in place of each occurrence of one: `replace('-', '_')`.",
    "reverse": "The elements, or the characters, from the last to the first.",
    "round": "The number rounded: `round(2)`, `round(0, 'floor')`.",
    "safe": "The text, marked so that nothing escapes it.",
    "select": "The elements that pass a test: `select('string')`.",
    "selectattr": "The elements a member of which passes a test: `selectattr('active', 'equalto', true)`.",
    "slice": "The elements in a given number of lists.",
    "sort": "The elements in order; `sort(reverse=true)`, `sort(attribute='name')`.",
    "striptags": "The text without HTML tags.",
    "sum": "The sum of the elements, or of a member of each.",
    "title": "The text with the first letter of each word in upper case.",
    "tojson": "The value as JSON.",
    "trim": "The text without white space at its ends.",
    "truncate": "The beginning of the text, with at most a given number of characters.",
    "unique": "The elements, each once.",
    "upper": "The text in upper case.",
    "urlencode": "The text, or the members of a mapping, as part of an address.",
    "urlize": "The text with its addresses as links.",
    "wordcount": "How many words the text has.",
    "wordwrap": "The text in lines of at most a given length.",
    "xmlattr": "The members of a mapping as attributes of XML.",
  ]
}
