extension PipelineCase {
  static let parameters: [PipelineCase] = [
    PipelineCase(
      "default types by place",
      #"""
      streams:
      - name: s
        retriever:
          requester: {error_handler: {}}
          record_selector: {extractor: {field_path: []}, record_filter: {condition: x}}
          paginator: {}
        schema_loader: {}
      check: {stream_names: [s]}
      spec: {connection_specification: {}}
      """#,
      #"""
      {"streams": [{"name": "s", "retriever": {"requester": {"error_handler": {"type": "DefaultErrorHandler"},
      "type": "HttpRequester"}, "record_selector": {"extractor": {"field_path": [], "type": "DpathExtractor"},
      "record_filter": {"condition": "x", "type": "RecordFilter"}, "type": "RecordSelector"},
      "paginator": {"type": "NoPagination"}, "type": "SimpleRetriever"},
      "schema_loader": {"type": "JsonFileSchemaLoader"}, "type": "DeclarativeStream"}],
      "check": {"stream_names": ["s"], "type": "CheckStream"}, "spec": {"connection_specification": {},
      "type": "Spec"}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "custom types by place",
      #"""
      streams:
      - retriever: {class_name: a.B}
        transformations: [{class_name: a.C}, {type: Z, class_name: a.D}]
      """#,
      #"""
      {"streams": [{"retriever": {"class_name": "a.B", "type": "CustomRetriever"},
      "transformations": [{"class_name": "a.C", "type": "CustomTransformation"}, {"type": "Z",
      "class_name": "a.D"}], "type": "DeclarativeStream"}], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "parameters become fields and go on downwards",
      #"""
      streams:
      - $parameters: {name: n, path: /p}
        retriever: {type: SimpleRetriever, requester: {type: HttpRequester, path: /own}}
      """#,
      #"""
      {"streams": [{"retriever": {"type": "SimpleRetriever", "requester": {"type": "HttpRequester", "path": "/own",
      "name": "n", "$parameters": {"name": "n", "path": "/p"}}, "name": "n", "path": "/p",
      "$parameters": {"name": "n", "path": "/p"}}, "type": "DeclarativeStream", "name": "n", "path": "/p",
      "$parameters": {"name": "n", "path": "/p"}}], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "inner parameters win",
      #"""
      streams:
      - $parameters: {a: 1, b: 2}
        retriever: {$parameters: {b: 3, c: 4}}
      """#,
      #"""
      {"streams": [{"retriever": {"type": "SimpleRetriever", "a": 1, "b": 3, "c": 4, "$parameters": {"a": 1,
      "b": 3, "c": 4}}, "type": "DeclarativeStream", "a": 1, "b": 2, "$parameters": {"a": 1, "b": 2}}],
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "an empty field is filled by a parameter",
      #"""
      streams:
      - $parameters: {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}
        a: ""
        b: 0
        c: null
        d: false
        e: []
        f: x
      """#,
      #"""
      {"streams": [{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": "x", "type": "DeclarativeStream",
      "$parameters": {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}}], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "parameters of an untyped mapping are lost",
      #"""
      d: {$parameters: {a: 1}, x: 2}
      """#,
      #"""
      {"d": {"x": 2}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "untyped mappings stop parameters, except for direct components",
      #"""
      streams:
      - $parameters: {a: 1}
        m: {x: {type: T, y: {type: U}}, z: {w: {type: V}}}
      """#,
      #"""
      {"streams": [{"m": {"x": {"type": "T", "y": {"type": "U", "a": 1, "$parameters": {"a": 1}}, "a": 1,
      "$parameters": {"a": 1}}, "z": {"w": {"type": "V"}}}, "type": "DeclarativeStream", "a": 1,
      "$parameters": {"a": 1}}], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "JSON schemas are left alone",
      #"""
      streams:
      - $parameters: {a: 1}
        s1: {type: object, properties: {x: {type: string}}}
        s2: {type: [object, "null"], p: {type: T}}
        s3: {type: {x: 1}, p: {type: T}}
      """#,
      #"""
      {"streams": [{"s1": {"type": "object", "properties": {"x": {"type": "string"}}}, "s2": {"type": ["object",
      "null"], "p": {"type": "T"}}, "s3": {"type": {"x": 1}, "p": {"type": "T"}}, "type": "DeclarativeStream",
      "a": 1, "$parameters": {"a": 1}}], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a parameter does not reach into the field of its name",
      #"""
      streams:
      - $parameters: {retriever: {type: T, x: {type: U}}, a: 1}
        name: s
      """#,
      #"""
      {"streams": [{"name": "s", "type": "DeclarativeStream", "retriever": {"type": "T", "x": {"type": "U", "a": 1,
      "$parameters": {"a": 1}}, "a": 1, "$parameters": {"a": 1}}, "a": 1, "$parameters": {"a": 1,
      "retriever": {"type": "T", "x": {"type": "U"}}}}], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a list parameter changes with its field",
      #"""
      streams:
      - $parameters: {l: [{type: T}, 1], a: 1}
        z: {type: Z}
      """#,
      #"""
      {"streams": [{"z": {"type": "Z", "l": [{"type": "T", "a": 1, "$parameters": {"a": 1}}, 1], "a": 1,
      "$parameters": {"a": 1, "l": [{"type": "T", "a": 1, "$parameters": {"a": 1}}, 1]}},
      "type": "DeclarativeStream", "l": [{"type": "T", "a": 1, "$parameters": {"a": 1}}, 1], "a": 1,
      "$parameters": {"a": 1, "l": [{"type": "T", "a": 1, "$parameters": {"a": 1}}, 1]}}],
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "an empty parameter is lost after the field of its name",
      #"""
      streams:
      - $parameters: {l: [], m: {}, a: 1}
        l: [{type: T}]
        m: {type: M}
        z: {type: Z}
      """#,
      #"""
      {"streams": [{"l": [{"type": "T", "m": {}, "a": 1, "$parameters": {"a": 1}}], "m": {"type": "M", "a": 1,
      "$parameters": {"a": 1}}, "z": {"type": "Z", "a": 1, "$parameters": {"a": 1}}, "type": "DeclarativeStream",
      "a": 1, "$parameters": {"a": 1}}], "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a type by a parameter",
      #"""
      streams:
      - type: ""
        $parameters: {type: DeclarativeStream}
        retriever: {}
      """#,
      #"""
      {"streams": [{"type": "DeclarativeStream", "retriever": {"type": "SimpleRetriever",
      "$parameters": {"type": "DeclarativeStream"}}, "$parameters": {"type": "DeclarativeStream"}}],
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "lists in lists are not gone through",
      #"""
      streams:
      - $parameters: {a: 1}
        l: [[{type: T}]]
      """#,
      #"""
      {"streams": [{"l": [[{"type": "T"}]], "type": "DeclarativeStream", "a": 1, "$parameters": {"a": 1}}],
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a shared definition takes each stream's parameters",
      #"""
      definitions: {r: {type: SimpleRetriever, requester: {type: HttpRequester}}}
      streams:
      - $parameters: {path: /a}
        retriever: {$ref: "#/definitions/r"}
      - $parameters: {path: /b}
        retriever: {$ref: "#/definitions/r"}
      """#,
      #"""
      {"definitions": {"r": {"type": "SimpleRetriever", "requester": {"type": "HttpRequester"}}},
      "streams": [{"retriever": {"type": "SimpleRetriever", "requester": {"type": "HttpRequester", "path": "/a",
      "$parameters": {"path": "/a"}}, "path": "/a", "$parameters": {"path": "/a"}}, "type": "DeclarativeStream",
      "path": "/a", "$parameters": {"path": "/a"}}, {"retriever": {"type": "SimpleRetriever",
      "requester": {"type": "HttpRequester", "path": "/b", "$parameters": {"path": "/b"}}, "path": "/b",
      "$parameters": {"path": "/b"}}, "type": "DeclarativeStream", "path": "/b", "$parameters": {"path": "/b"}}],
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "parameters that are no mapping",
      #"""
      streams:
      - $parameters: [1]
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "parameters that are null",
      #"""
      x: {$parameters: null}
      """#,
      #"""
      error
      """#),
    PipelineCase(
      "the order of parameters after a field of one's name",
      #"""
      streams:
      - $parameters: {a: {type: A}, b: {type: B}}
        a: {type: X}
        b: {type: Y}
      """#,
      #"""
      {"streams": [{"a": {"type": "X", "b": {"type": "B"}, "$parameters": {"b": {"type": "B"}}}, "b": {"type": "Y",
      "a": {"type": "A"}, "$parameters": {"a": {"type": "A"}}}, "type": "DeclarativeStream",
      "$parameters": {"a": {"type": "A"}, "b": {"type": "B"}}}], "type": "DeclarativeSource"}
      """#),
  ]
}
