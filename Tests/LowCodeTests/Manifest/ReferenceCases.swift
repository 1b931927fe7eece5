extension PipelineCase {
  static let references: [PipelineCase] = [
    PipelineCase(
      "a reference as a value and by key",
      #"""
      a: {x: 1}
      b: "#/a"
      c: {$ref: "#/a"}
      """#,
      #"""
      {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "keys beside a reference win, and keep the order of what is referred to",
      #"""
      a: {x: 1, y: {z: 2}}
      b: {w: 0, $ref: "#/a", y: 3}
      """#,
      #"""
      {"a": {"x": 1, "y": {"z": 2}}, "b": {"x": 1, "y": 3, "w": 0}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "references are resolved in what they name",
      #"""
      a: {x: "#/b/k"}
      b: {k: [1, "#/c"]}
      c: end
      d: {$ref: "#/a"}
      """#,
      #"""
      {"a": {"x": [1, "end"]}, "b": {"k": [1, "end"]}, "c": "end", "d": {"x": [1, "end"]},
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a reference inside a list",
      #"""
      a: {x: 1}
      l: ["#/a", {$ref: "#/a", y: 2}, "plain #/a"]
      """#,
      #"""
      {"a": {"x": 1}, "l": [{"x": 1}, {"x": 1, "y": 2}, "plain #/a"], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "an index, also from the end",
      #"""
      l: [{n: 1}, {n: 2}]
      a: "#/l/0/n"
      b: "#/l/-1/n"
      """#,
      #"""
      {"l": [{"n": 1}, {"n": 2}], "a": 1, "b": 2, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a key with a slash comes before a path",
      #"""
      a: {b: path}
      a/b: key
      c: "#/a/b"
      """#,
      #"""
      {"a": {"b": "path"}, "a/b": "key", "c": "key", "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a key with a slash further down",
      #"""
      a: {b/c: {d: 1}}
      x: "#/a/b/c"
      y: "#/a/b/c/d"
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a number as the last step is a key, too",
      #"""
      a: {"7": seven}
      b: "#/a/7"
      """#,
      #"""
      {"a": {"7": "seven"}, "b": "seven", "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a key that is a number is found by its number",
      #"""
      a: {7: {x: 1}}
      b: "#/a/7/x"
      """#,
      #"""
      {"a": {"7": {"x": 1}}, "b": 1, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a key of digits is not found on the way",
      #"""
      a: {"7": {x: 1}}
      b: "#/a/7/x"
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a slash at the end changes nothing",
      #"""
      a: {x: 1}
      b: "#/a/"
      """#,
      #"""
      {"a": {"x": 1}, "b": {"x": 1}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a reference to text replaces the mapping",
      #"""
      a: text
      b: {$ref: "#/a", x: 1}
      """#,
      #"""
      {"a": "text", "b": "text", "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a $ref that is no reference replaces the mapping as well",
      #"""
      b: {$ref: "Schema.json", x: 1}
      c: {$ref: {y: 1}, x: 1}
      d: {$ref: 5}
      """#,
      #"""
      {"b": "Schema.json", "c": {"y": 1, "x": 1}, "d": 5, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "config values are not looked at",
      #"""
      a: 1
      x: {config_overrides: {p: "#/a", q: "#/nowhere"}}
      """#,
      #"""
      {"a": 1, "x": {"config_overrides": {"p": "#/a", "q": "#/nowhere"}}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a reference to nothing",
      #"""
      b: {$ref: "#/a/b"}
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a reference through a reference",
      #"""
      a: {$ref: "#/c"}
      c: {d: 1}
      b: "#/a/d"
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a list has no such item",
      #"""
      a: [1]
      b: "#/a/1"
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a step into text",
      #"""
      a: 1
      b: "#/a/x"
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a circle of two",
      #"""
      a: {x: "#/b"}
      b: {x: "#/a"}
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a value inside itself",
      #"""
      a: {x: {$ref: "#/a"}}
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a reference to itself",
      #"""
      a: "#/a"
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "a reference to the whole",
      #"""
      a: "#/"
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "aliases and merge keys",
      #"""
      a: &a {x: 1, y: "#/t"}
      t: 2
      b: {<<: *a, x: 3}
      c: *a
      """#,
      #"""
      {"a": {"x": 1, "y": 2}, "t": 2, "b": {"x": 3, "y": 2}, "c": {"x": 1, "y": 2}, "type": "DeclarativeSource"}
      """#),
  ]
}
