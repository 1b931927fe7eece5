"""Records what the reference's JinjaInterpolation gives for templates: one JSON object a line.

The first line holds the context, each further line a template with its value and Python type, or the class of its error. The
clock stands still and the random UUID is fixed. Run in an environment with airbyte-cdk 7.39.1: `python record.py > templates.jsonl`.
"""

import datetime as real
import json
import types
import uuid as real_uuid
import warnings

warnings.simplefilter("ignore")

from airbyte_cdk.sources.declarative.interpolation import macros  # noqa: E402
from airbyte_cdk.sources.declarative.interpolation.interpolated_boolean import InterpolatedBoolean  # noqa: E402
from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString  # noqa: E402
from airbyte_cdk.sources.declarative.interpolation.jinja import JinjaInterpolation  # noqa: E402

NOW = real.datetime(2024, 2, 29, 23, 30, 5, 678901, real.timezone.utc)


class AnyDatetime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, real.datetime)

    def __getattr__(cls, name):
        return getattr(real.datetime, name)


class FrozenDatetime(metaclass=AnyDatetime):
    @staticmethod
    def now(tz=None):
        return NOW.astimezone(tz)


macros.datetime = types.SimpleNamespace(datetime=FrozenDatetime, timezone=real.timezone, timedelta=real.timedelta, date=real.date)
macros.uuid = types.SimpleNamespace(uuid4=lambda: real_uuid.UUID(bytes=bytes(range(16)), version=4))

CONTEXT = {
    "config": {"start_date": "2023-01-15", "key": "s3cret", "count": 7, "flag": True, "empty": "", "nothing": None, "ratio": 0.25,
               "list": [1, "two", 3.5, None], "nested": {"a": {"b": "c"}}, "url": "https://example.com/a b?c=d&e=é", "tuple_text": "1,234"},
    "parameters": {"name": "rates", "path": "/v1"},
    "record": {"id": 12, "name": "Ada", "email": "ada@example.com", "price": 9.5, "big": 123456789012345678901234567890, "ok": False,
               "missing": None, "tags": ["x", "y"], "owner": {"id": "0042", "name": "it's \"me\""}, "date": "2022-10-14", "time": "2022-01-01T13:45:30.123Z",
               "epoch": 1658505815, "text": "123 #4", "leading": "007", "spaces": "  42", "true": "true", "True": "True", "unicode": "naïve ☃ 😀",
               "json": "{\"a\": [1, 2]}", "newline": "a\nb", "exp": "1e5", "under": "1_000", "none": "None", "dots": "..."},
    "stream_slice": {"start_time": "2021-01-01", "end_time": "2021-01-31", "id": 5},
    "response": {"next": "abc", "items": [{"id": 1}, {"id": 2}], "total": 2, "has_more": False},
    "headers": {"X-Next": "9"},
    "last_page_size": 2, "last_record": {"id": 2}, "next_page_token": {"next_page_token": 3},
}

templates = []


def add(*texts):
    templates.extend(texts)


def each(form, *values):
    for value in values:
        add(form.replace("@", value))


# Text, literals and typed results
add("", "plain", "123", "1.5", " 7 ", "True", "none", "None", "[1, 2]", "{'a': 1}", "(1,)", "1,2", "'quoted'", '"x" "y"', "b'ab'", "007", "0x1F", "1_000",
    "1e3", "-5", "+5", "--5", "2021-01-01", "5 # five", "\n5", "a\n", "5\n", "nan", "inf", "1e400", "u'x'", "'''a\nb'''", "{1: 2, True: 3}", "[1,]", "{'a': [1, {'b': None}]}",
    "'\\x41\\n\\u00e9'", "r'\\n'", "/v1/{id}", "{}", "[]", "()", "{'a'}", "- 5", "(5)", "(-5)", "0b101", "0o17", "00", "1.", ".5", "5.e2", "'a' b'b'", "[1, 2", "null")
each("{{ @ }}", "1", "'1'", "1.0", "'1.0'", "true", "True", "none", "'None'", "'true'", "''", "[]", "{}", "()", "(1,)", "[1, 'a', none]", "{'a': 1}", "{'a': {'b': [1.5, true]}}",
     "'abc'", "'a' ~ 1", "1 ~ 2", "10000000000000000000000", "1e16", "1e15", "1e-5", "0.1 + 0.2", "-0.0", "1 / 2", "7 // 2", "-7 // 2", "7 % -3", "2 ** 10", "2 ** -1", "'x' * 3",
     "[1] * 2", "'\"q\"'", "'007'", "'1,2'", "'[1, 2]'", "'{\"a\": true}'", "'{\"a\": 1}'", "\"it's\"", "'a\\nb'", "1 == 1.0", "1 < 2 < 3", "'a' in 'abc'", "not 1", "1 and 0", "none or 'x'",
     "'%s-%d' % ('a', 3)", "'{}'.format(3)", "['a', \"b'c\"]", "{'k': 'v\\\\w'}", "1 if false", "1 if false else 2", "[none]", "[1e400]", "'  5'", "'5  '", "(1, (2, 3))")
each("{{ config@ }}", "", ".start_date", "['start_date']", ".count", ".flag", ".empty", ".nothing", ".ratio", ".list", ".nested", ".nested.a.b", ".missing", ".missing.x", "['missing']['x']",
     ".get('missing')", ".get('missing', 5)", ".list[0]", ".list[1]", ".list[9]", ".list[-1]", ".url", ".tuple_text", ".keys() | list", ".count + 1", ".count ~ ''", ".nothing.x", ".get('x', {}).get('y')")
each("{{ record@ }}", ".id", ".name", ".price", ".big", ".ok", ".missing", ".tags", ".owner", ".owner.id", ".owner.name", ".date", ".time", ".epoch", ".text", ".leading", ".spaces", ".true", "['True']",
     ".unicode", ".json", ".newline", ".exp", ".under", ".none", ".dots", ".tags[0]", ".tags | length", ".tags | join(',')", ".tags + ['z']", ".name | upper", ".owner | tojson", ".name[0]", ".name[1:]", ".nope",
     ".nope | default('d')", ".missing | default('d')", ".missing | default('d', true)", "['owner']['nope']", ".tags | first", ".id | string", ".owner | string", ".tags | string", ".name | string", ".missing | string")
each("a{{ @ }}b", "1", "''", "none", "record.tags", "config.missing", "record.name")
add("{{ 1 }}{{ 2 }}", "{{ 1 }} ", " {{ 1 }}", "{{ 1 }}\n", "{{ 1 }},{{ 2 }}", "[{{ 1 }}, {{ record.id }}]", "{% if record.ok %}1{% else %}2{% endif %}", "{% if config.flag %}{{ record.tags }}{% endif %}",
    "{% for t in record.tags %}{{ t }},{% endfor %}", "{% set x = 5 %}{{ x }}", "{# note #}5", "{# note #}", "{% raw %}{{ 1 }}{% endraw %}", "{%- if true -%} 5 {%- endif -%}",
    "{{ stream_slice.start_time }}", "{{ stream_interval.start_time }}", "{{ stream_partition.id }}", "{{ stream_interval['end_time'] }}", "{{ stream_slice }}", "{{ parameters.name }}", "{{ parameters }}",
    "{{ response.next }}", "{{ response['items'][0].id }}", "{{ response['items'] | map(attribute='id') | list }}", "{{ response.total }}", "{{ response.has_more }}", "{{ headers['X-Next'] }}",
    "{{ last_page_size }}", "{{ last_record.id }}", "{{ last_record['id'] }}", "{{ next_page_token.next_page_token }}", "{{ next_page_token['next_page_token'] + 1 }}",
    "{{ unknown }}", "{{ unknown.x }}", "{{ range(3) }}", "{{ foo() }}", "{{ stream_state }}", "{{ config.stream_state }}", "stream_state", "{{ 'x' + 1 }}", "{{ 1 + 'x' }}", "{{ none + 1 }}", "{{ 1 / 0 }}",
    "{{ config.missing + 1 }}", "{{ config.missing ~ 'x' }}", "{{ [1][5] }}", "{{ {'a': 1}['b'] }}", "{{ 'abc'.foo }}", "{{ 'abc'.foo() }}", "{{ record.name() }}", "{{ ''.__class__ }}", "{{ max }}x"[:8] + "(1) }}")

# Macros
each("{{ @ }}", "now_utc()", "now_utc().year", "now_utc().isoformat()", "now_utc().strftime('%Y-%m-%dT%H:%M:%SZ')", "now_utc() - duration('P1D')", "now_utc() + duration('P1M')", "(now_utc() - duration('P1Y')).strftime('%Y-%m-%d')",
     "today_utc()", "today_utc().strftime('%Y/%m/%d')", "today_utc() - duration('P1D')", "today_utc() + duration('PT36H')", "today_with_timezone('Asia/Tokyo')", "today_with_timezone('America/New_York')",
     "today_with_timezone('Pacific/Kiritimati')", "today_with_timezone('utc')", "today_with_timezone('UTC')", "today_with_timezone('Nope/Nowhere')", "today_with_timezone('Etc/GMT+12')", "today_with_timezone()", "today_with_timezone(5)",
     "timestamp(1658505815.223235)", "timestamp(5)", "timestamp(-1.9)", "timestamp(true)", "timestamp('2022-01-14')", "timestamp('2022-01-14T13:45:30.5+01:00')", "timestamp('nope')", "timestamp(none)", "timestamp(now_utc())",
     "timestamp(config.missing)", "timestamp('2022-01-14') | int", "timestamp(1e20)", "timestamp([])", "timestamp()", "timestamp(1, 2)", "timestamp(dt=3)",
     "str_to_datetime('2022-01-14')", "str_to_datetime('2022-01-14T13:45:30')", "str_to_datetime('2022-01-14T13:45:30+02:00')", "str_to_datetime('2022-01-14T13:45:30Z')", "str_to_datetime('2022-W02-5')", "str_to_datetime('x')",
     "str_to_datetime(5)", "str_to_datetime(none)", "str_to_datetime(config.missing)", "str_to_datetime('2022-01-14').timestamp()", "[str_to_datetime('2022-01-14')]", "str_to_datetime('2022-01-14') - str_to_datetime('2022-01-12')",
     "(str_to_datetime('2022-01-14') - str_to_datetime('2022-01-12')).days", "str_to_datetime('2022-01-14') + duration('P1M')", "str_to_datetime('2022-01-31') + duration('P1M')", "str_to_datetime(s='2022-01-14')",
     "str_to_datetime('2022-01-14').replace(hour=5)", "str_to_datetime('2022-01-14') < now_utc()", "str_to_datetime('2022-01-14').date()", "str_to_datetime('2022-01-14').weekday()", "str_to_datetime('9999-12-31') + duration('P1D')",
     "max(2, 3)", "max([1, 5, 3])", "max('a', 'b')", "max('abc')", "max(1, 2.5)", "max(1, 1.0)", "max([])", "max()", "max(1)", "max(1, 'a')", "max('2021', record.date)", "max(record.tags)", "max(1, config.missing)", "max(none, 1)",
     "min(2, 3)", "min([1, 5, 3])", "min('a', 'b')", "min(true, 0)", "min([])", "min((3, 1), (2, 9))", "max({'a': 1, 'b': 2})", "max(now_utc(), str_to_datetime('2030-01-01'))", "max(1, 2, default=3)", "min(config.start_date, '2022-01-01')",
     "day_delta(0)", "day_delta(1)", "day_delta(-1)", "day_delta(25)", "day_delta(-1, '%Y-%m-%d')", "day_delta(1, format='%s')", "day_delta(0.5)", "day_delta(num_days=2, format='%d')", "day_delta('1')", "day_delta()", "day_delta(none)",
     "day_delta(10000000)", "day_delta(1, 5)", "day_delta(true, '%j')", "day_delta(-60, '%Y-%m-%dT%H:%M:%S.%f')", "day_delta(1e10)",
     "duration('P1D')", "duration('PT1H30M')", "duration('P1M')", "duration('P1Y2M3DT4H')", "duration('-P1D')", "duration('x')", "duration('')", "duration(5)", "duration(none)", "duration(config.missing)", "duration('P1D') * 2", "duration('P1D').days",
     "duration('P1D').total_seconds()", "duration('P1W') / duration('P1D')", "duration('P1D') + duration('P1M')", "duration('P1D') > duration('PT1H')", "duration(datestring='P1D')", "-duration('P1D')", "duration('P1.5Y')", "duration('PT0S')",
     "generate_uuid()", "generate_uuid() | length", "generate_uuid(1)",
     "sanitize_url('https://example.com/path?query=value')", "sanitize_url(config.url)", "sanitize_url('a b+c')", "sanitize_url('')", "sanitize_url(5)", "sanitize_url(none)", "sanitize_url('é~_.-')", "sanitize_url(config.missing)", "sanitize_url('100%')",
     "camel_case_to_snake_case('CamelCase')", "camel_case_to_snake_case('camelCaseHTTPRequest')", "camel_case_to_snake_case('')", "camel_case_to_snake_case('already_snake')", "camel_case_to_snake_case('ÀbC')", "camel_case_to_snake_case(5)", "camel_case_to_snake_case('A')")
for form in ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%fZ", "%s", "%s_as_float", "%ms", "%epoch_microseconds", "%Y-%m-%dT%H:%M:%S.%_msZ", "%d/%m/%y %I:%M %p", "%A %B %j %U %W %w", "%z %Z", "%-d", "%e", "%c", "%G-W%V-%u", "%H%M%S%f", "%F %T", "%%", "", "%_ms", "x"]:
    each("{{ format_datetime(@, '" + form + "') }}", "'2022-01-14'", "'2022-01-14T13:45:30.123456+02:00'", "1658505815", "now_utc()", "record.time")
each("{{ format_datetime(@) }}", "'14/01/2022', '%Y-%m-%d', '%d/%m/%Y'", "'1658505815123', '%Y-%m-%dT%H:%M:%S.%f', '%ms'", "1658505815123, '%Y-%m-%dT%H:%M:%S.%f', '%ms'", "1658505815123456, '%F %T.%f', '%epoch_microseconds'", "1658505815, '%F', '%s'",
     "1658505815, '%F', '%s_as_float'", "20220114, '%F', '%Y%m%d'", "'20220114', '%F', '%Y%m%d'", "'2022-01-14 +0200', '%F %z', '%Y-%m-%d %z'", "'x', '%F', '%Y'", "'x', '%F'", "none, '%F'", "1.5, '%F'", "1.5, '%F', '%s'", "config.missing, '%F'",
     "config.missing, '%F', '%Y'", "'2022-01-14'", "'2022-01-14', none", "now_utc(), none", "now_utc(), 5", "today_utc(), '%F'", "true, '%F'", "'2022-01-14', '%F', ''", "'2022-01-14', '%F', none", "dt='2022-01-14', format='%F'", "[], '%F'", "10000000000000, '%F'",
     "-1, '%F %T'", "'2022', '%F', '%i'", "'2022-01-14T10:00:00.123456Z', '%_ms'", "'2022-01-14T10:00:00.000123Z', '%S.%_ms %f'", "1658505815, '%Y-%m-%dT%H:%M:%S.%_ms%z'", "'2022-01-14T00:00:00.500Z', '%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%dT%H:%M:%S.%fZ'", "'2024-02-30', '%F'")

# Filters
each("{{ @ }}", "'abc' | hash", "'abc' | hash('md5')", "'abc' | hash('md5', 'salt')", "'abc' | hash('sha1')", "'abc' | hash('sha256')", "'abc' | hash('sha384')", "'abc' | hash('sha512', salt='s')", "'abc' | hash(hash_type='sha3_256')",
     "'abc' | hash('sha3_384')", "'abc' | hash('sha3_512')", "'abc' | hash('nope')", "12 | hash", "none | hash", "config.missing | hash", "record.tags | hash", "'é' | hash('sha256')", "'abc' | hash('md5', '')", "'abc' | hash('md5', 5)", "1.5 | hash", "'' | hash",
     "'abc' | hash(5)", "'abc' | hash('new')", "record.owner | hash('sha256')", "'abc' | hash('sha224')", "'abc' | hash('sha3_224')", "'abc' | hash('blake2b')", "'abc' | hash('blake2s', 'salt')",
     "'abc' | base64encode", "'é' | base64encode", "'' | base64encode", "5 | base64encode", "none | base64encode", "config.missing | base64encode", "'YWJj' | base64decode", "'YWJj\\n' | base64decode", "'YWI=' | base64decode", "'YWI' | base64decode", "'Y' | base64decode",
     "'/w==' | base64decode", "'Y!W!J!j' | base64decode", "'YWJj====' | base64decode", "'YQ==YQ==' | base64decode", "'MTIz' | base64decode", "5 | base64decode", "'YQ=' | base64decode", "'=YQ==' | base64decode", "'YWJjZ' | base64decode",
     "'abc' | base64binascii_decode", "'é' | base64binascii_decode", "'12' | base64binascii_decode", "5 | base64binascii_decode",
     "(config.key ~ ':' ~ record.id) | base64encode", "'message' | hmac('key')", "'message' | hmac('key', 'sha256')", "'message' | hmac(key='key', hash_type='sha256')", "'m' | hmac('k', 'md5')", "5 | hmac(6)", "'m' | hmac", "'é' | hmac('ü')", "'' | hmac('')", "none | hmac('k')",
     "5 | string", "'5' | string", "5.0 | string", "none | string", "true | string", "[1, 'a', none] | string", "{'a': 'é\"\\\\n'} | string", "record.big | string", "config.missing | string", "now_utc() | string", "{'a': {'b': []}} | string", "'abc' | string | length", "(1, 2) | string", "{1: 2, none: 3} | string",
     "'https://x.com/items?page=5&z=1' | regex_search('page=([0-9]+)')", "'abc' | regex_search('b')", "'abc' | regex_search('(z)')", "'abc' | regex_search('(z)?b')", "'abc' | regex_search('(')", "5 | regex_search('(5)')", "'abc' | regex_search(5)", "'abc' | regex_search('(?P<n>b)')",
     "'<https://api.x.com?cursor=xyz>; rel=\"next\"' | regex_search('<(.*)>; rel=.next.')", "'aXbX' | regex_search('(?i)(x)b')", "'a\\nb' | regex_search('a(.)b')", "'a\\nb' | regex_search('(?s)a(.)b')", "'line1\\nline2' | regex_search('^(line2)$')", "'line1\\nline2' | regex_search('(?m)^(line2)$')", "'abc\\n' | regex_search('(c)$')", "'abc\\n' | regex_search('(c)\\\\Z')",
     "'007' | regex_search('(\\\\d+)')", "'x123y' | regex_search('(\\\\d+)')", "'é_1' | regex_search('(\\\\w+)')", "'x²½y' | regex_search('(\\\\w+)')", "'a{b' | regex_search('(a{)')", "'aaa' | regex_search('(a{,2})')", "'[x]' | regex_search('([[]x])')", "'a-b' | regex_search('([a\\\\-]+)')", "'a&&b' | regex_search('([a&&b]+)')", "'abab' | regex_search('(?P<n>ab)(?P=n)')", "'aa' | regex_search('(a)\\\\1')",
     "'abc' | regex_replace('b', 'x')", "'abc' | regex_replace('(b)', '[\\\\1]')", "'abc' | regex_replace('(?P<n>b)', '\\\\g<n>\\\\g<1>\\\\g<0>')", "'abc' | regex_replace('', '-')", "'abxd' | regex_replace('x*', '-')", "'abc' | regex_replace('b', '$1')", "'abc' | regex_replace('b', '\\\\n')", "'abc' | regex_replace('b', '\\\\\\\\')", "'abc' | regex_replace('b', '\\\\q')",
     "'abc' | regex_replace('b', '\\\\2')", "'abc' | regex_replace('b', '\\\\g<x>')", "'abc' | regex_replace('(', 'x')", "5 | regex_replace('5', '6')", "'abc' | regex_replace('[a-c]', '')", "'a1b22' | regex_replace('\\\\d+', '#')", "'a b\\tc' | regex_replace('\\\\s', '')", "'(123) 456' | regex_replace('[^0-9]', '')", "'ab' | regex_replace('(a)|b', '[\\\\1]')", "'abc' | regex_replace('b', '\\\\.')", "'é☃😀x' | regex_replace('[^\\\\x00-\\\\x7F]', '?')",
     "'a.b' | regex_replace('\\\\.', '\\\\\\\\.')", "'abc' | regex_replace('b', '\\\\101')", "'abc' | regex_replace('b', '\\\\0')", "'ABC' | regex_replace('(?i)b', 'x')", "'abc' | regex_replace('b', 5)", "'abc' | regex_replace('b')", "'foo_bar' | regex_replace('_(.)', '-\\\\1')")

DEFAULTS = [("{{ config.empty }}", "d"), ("{{ config.missing.x }}", "5"), ("{{ config.missing }}", "{{ config.count }}"), ("{{ config.missing.x }}", None), ("{{ config.missing.x }}", "{{ config.missing.y }}"), ("", "x"), ("{{ config.count }}", "9"),
            ("{{ config.empty }}", None), ("{{ 1 + 'x' }}", "d"), ("", None), ("{{ config.nothing }}", "d")]
TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}
TYPED = [(text, kind) for text in ["{{ 1 }}", "{{ '1' }}", "1", "{{ true }}", "{{ 1.5 }}", "{{ none }}", "{{ [1] }}", "{{ {'a': 1} }}", "'q'", "{{ 'abc' }}", "{{ record.tags }}", "{{ record.big }}", "{{ \"'q'\" }}", "1,2"] for kind in TYPES]
CONDITIONS = ["", "{{ true }}", "{{ false }}", "{{ 0 }}", "{{ 1 }}", "{{ 0.0 }}", "{{ '' }}", "{{ 'False' }}", "false", "true", "{{ [] }}", "{{ {} }}", "{{ () }}", "{{ none }}", "{{ 'None' }}", "{{ config.missing }}", "{{ config.missing.x }}", "{{ 'x' }}", "{{ record.tags }}", "set()", "b''", "{{ '0' }}", "{{ '00' }}",
              "0.00", "{{ record.id > 5 }}", "{{ record.id > 'a' }}", "{{ ' ' }}", "no", "{{ record.ok }}", "{{ not record.ok }}", "{{ 'a' in record.tags }}", "{{ record.name == 'Ada' and record.price < 10 }}", "{{ -0.0 }}", "{{ 1 / 0 }}"]


def emit(line, answer):
    try:
        value = answer()
        text = json.dumps(value)
        if any(kind in text for kind in ("Infinity", "NaN")):
            line |= {"type": type(value).__name__, "text": repr(value)}
        else:
            line |= {"value": value, "type": type(value).__name__}
    except TypeError as error:
        if "JSON serializable" in str(error):
            line |= {"type": type(value).__name__, "text": repr(value)}
        else:
            line |= {"error": type(error).__name__}
    except Exception as error:
        line |= {"error": type(error).__name__}
    print(json.dumps(line))


engine = JinjaInterpolation()
config = CONTEXT["config"]
others = {key: value for key, value in CONTEXT.items() if key != "config"}
print(json.dumps(CONTEXT))
for template in dict.fromkeys(templates):
    emit({"kind": "value", "template": template}, lambda: engine.eval(template, config, **others))
rest = {key: value for key, value in others.items() if key != "parameters"}
for template, default in DEFAULTS:
    emit({"kind": "string", "template": template, "default": default},
         lambda: InterpolatedString(template, parameters=CONTEXT["parameters"], default=default).eval(config, **rest))
for template, kind in TYPED:
    emit({"kind": "typed", "template": template, "valid": kind}, lambda: engine.eval(template, config, valid_types=(TYPES[kind],), **others))
for condition in CONDITIONS:
    emit({"kind": "condition", "template": condition}, lambda: InterpolatedBoolean(condition, parameters=CONTEXT["parameters"]).eval(config, **rest))
