extension PipelineCase {
  static let migrations: [PipelineCase] = [
    PipelineCase(
      "url_base and path",
      #"""
      r: {type: HttpRequester, url_base: "https://h/v1", path: "/items"}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "https://h/v1/items"}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterUrlBaseToUrl", "migrated_at": "TIME"}, {"from_version": "0.0.0",
      "to_version": "*", "migration": "HttpRequesterPathToUrl", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "no path",
      #"""
      r: {type: HttpRequester, url_base: "https://h/v1"}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "https://h/v1"}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterUrlBaseToUrl", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "an empty path",
      #"""
      r: {type: HttpRequester, url_base: "https://h/v1", path: "/"}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "https://h/v1"}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterUrlBaseToUrl", "migrated_at": "TIME"}, {"from_version": "0.0.0",
      "to_version": "*", "migration": "HttpRequesterPathToUrl", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "a path of its own host",
      #"""
      r: {type: HttpRequester, url_base: "https://h/v1", path: "https://o/x"}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "https://o/x"}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterUrlBaseToUrl", "migrated_at": "TIME"}, {"from_version": "0.0.0",
      "to_version": "*", "migration": "HttpRequesterPathToUrl", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "up a folder",
      #"""
      r: {type: HttpRequester, url_base: "https://h/v1/x", path: "../y?z=1"}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "https://h/v1/y?z=1"}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterUrlBaseToUrl", "migrated_at": "TIME"}, {"from_version": "0.0.0",
      "to_version": "*", "migration": "HttpRequesterPathToUrl", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "templates",
      #"""
      r: {type: HttpRequester, url_base: "https://{{ config['h'] }}/v1", path: "{{ parameters.p }}/x"}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url_base": "https://{{ config['h'] }}/v1", "path": "{{ parameters.p }}/x"},
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a JSON body",
      #"""
      r: {type: HttpRequester, url: u, request_body_json: {a: 1}}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "u", "request_body": {"type": "RequestBodyJsonObject",
      "value": {"a": 1}}}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterRequestBodyJsonDataToRequestBody", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "a GraphQL body",
      #"""
      r: {type: HttpRequester, url: u, request_body_json: {query: "{a}"}}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "u", "request_body": {"type": "RequestBodyGraphQL",
      "value": {"query": "{a}"}}}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterRequestBodyJsonDataToRequestBody", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "a JSON template stays",
      #"""
      r: {type: HttpRequester, url: u, request_body_json: "{{ x }}"}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "u", "request_body_json": "{{ x }}"}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a form",
      #"""
      r: {type: HttpRequester, url: u, request_body_data: {a: 1}}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "u", "request_body": {"type": "RequestBodyUrlEncodedForm",
      "value": {"a": 1}}}, "type": "DeclarativeSource",
      "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterRequestBodyJsonDataToRequestBody", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "both bodies",
      #"""
      r: {type: HttpRequester, url: u, request_body_json: {a: 1}, request_body_data: x}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "u", "request_body": {"type": "RequestBodyUrlEncodedForm",
      "value": "x"}}, "type": "DeclarativeSource", "metadata": {"applied_migrations": [{"from_version": "0.0.0",
      "to_version": "*", "migration": "HttpRequesterRequestBodyJsonDataToRequestBody", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "a list as a body",
      #"""
      r: {type: HttpRequester, url: u, request_body_json: [1]}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url": "u", "request_body_json": [1]}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a path without a base stops all",
      #"""
      a: {type: HttpRequester, url_base: x}
      r: {type: HttpRequester, path: p}
      """#,
      #"""
      {"a": {"type": "HttpRequester", "url_base": "x"}, "r": {"type": "HttpRequester", "path": "p"},
      "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a null path stops all",
      #"""
      r: {type: HttpRequester, url_base: x, path: null}
      """#,
      #"""
      {"r": {"type": "HttpRequester", "url_base": "x", "path": null}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "other types and dynamic streams stay",
      #"""
      a: {type: Other, url_base: x}
      d: {type: DynamicDeclarativeStream, r: {type: HttpRequester, url_base: x}}
      l: [{x: {type: HttpRequester, url_base: x}}]
      """#,
      #"""
      {"a": {"type": "Other", "url_base": "x"}, "d": {"type": "DynamicDeclarativeStream",
      "r": {"type": "HttpRequester", "url_base": "x"}}, "l": [{"x": {"type": "HttpRequester", "url": "x"}}],
      "type": "DeclarativeSource", "metadata": {"applied_migrations": [{"from_version": "0.0.0", "to_version": "*",
      "migration": "HttpRequesterUrlBaseToUrl", "migrated_at": "TIME"}]}}
      """#),
    PipelineCase(
      "metadata is kept",
      #"""
      metadata: {k: 1, applied_migrations: [{old: 1}]}
      version: "6.1.0"
      r: {type: HttpRequester, url_base: x}
      """#,
      #"""
      {"metadata": {"k": 1, "applied_migrations": [{"old": 1}, {"from_version": "6.1.0", "to_version": "*",
      "migration": "HttpRequesterUrlBaseToUrl", "migrated_at": "TIME"}]}, "version": "6.1.0",
      "r": {"type": "HttpRequester", "url": "x"}, "type": "DeclarativeSource"}
      """#),
    PipelineCase(
      "a metadata that is no mapping stops all",
      #"""
      metadata: [1]
      r: {type: HttpRequester, url_base: x}
      """#,
      #"""
      {"metadata": [1], "r": {"type": "HttpRequester", "url_base": "x"}, "type": "DeclarativeSource"}
      """#),
  ]
}
