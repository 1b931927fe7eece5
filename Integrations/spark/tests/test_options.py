"""Options, filters and the program's own words, without a Spark."""

import datetime
import json
import os
import stat

import pytest
from pyspark.sql.datasource import EqualTo, GreaterThan, GreaterThanOrEqual, In, IsNotNull, LessThan, Not, StringStartsWith

from airbyte_lowcode_spark import filters, program
from airbyte_lowcode_spark.errors import AirbyteLowcodeError
from airbyte_lowcode_spark.folder import SharedFolder
from airbyte_lowcode_spark.options import settings
from airbyte_lowcode_spark.streaming import Spool, _Pace

UTC = datetime.timezone.utc
GIVEN = {"manifest": "a: 1\n", "config": '{"token": "sesame"}', "stream": "s"}


def test_files_are_read_where_the_options_are(tmp_path):
    (tmp_path / "manifest.yaml").write_text("a: 1")
    (tmp_path / "components.py").write_text("b = 2")
    (tmp_path / "schemas" / "shared").mkdir(parents=True)
    (tmp_path / "schemas" / "shared" / "s.json").write_text("{}")
    (tmp_path / "config.json").write_text('{"token": "sesame"}')
    for manifest in (tmp_path, tmp_path / "manifest.yaml"):
        found = settings(GIVEN | {"manifest": str(manifest), "config": str(tmp_path / "config.json"), "Partitions": "3"})
        assert set(found.files) == {"manifest.yaml", "components.py", "schemas/shared/s.json"}
        assert (found.parts, found.config) == (3, '{"token": "sesame"}')
        assert "sesame" not in repr(found)


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"manifest": ""}, "The option `manifest` is missing"), ({"stream": None}, "The option `stream` is missing"),
        ({"config": "{1"}, "The config is not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        ({"config": "[]"}, "The config is not a JSON object"), ({"raw": "yes"}, "`raw` is true or false, not `yes`"),
        ({"partitions": "0"}, "`partitions` is a number from 1"), ({"decimals": "40,2"}, "`decimals` is a precision"),
        ({"mode": "dropmalformed"}, "`mode` is failfast or permissive"), ({"by": "day"}, "`by` is stream, partition or window"),
        ({"interval": "soon"}, "`interval` is a time such as"), ({"raw": "true", "extra": "e"}, "leave `extra` out"),
        ({"path": "x"}, "load() takes no path"), ({"colour": "red"}, "There is no option `colour`"),
        ({"config": "/nowhere.json"}, "The config /nowhere.json cannot be read: No such file or directory"),
    ])
def test_mistakes(changed, sentence):
    given = {name: value for name, value in (GIVEN | changed).items() if value is not None}
    with pytest.raises(AirbyteLowcodeError) as raised:
        settings(given)
    assert sentence in str(raised.value)


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "given, expected",
    [
        ([GreaterThan(("t",), at("2024-01-02"))], "2024-01-01T23:59:59Z.."),
        ([GreaterThanOrEqual(("t",), at("2024-01-02")), LessThan(("t",), at("2024-02-01"))], "2024-01-01T23:59:59Z..2024-02-01T00:00:02Z"),
        ([GreaterThan(("t",), at("2024-01-02")), GreaterThan(("t",), at("2024-03-02"))], "2024-03-01T23:59:59Z.."),
        ([EqualTo(("t",), datetime.date(2024, 1, 2))], "2024-01-01T23:59:59Z..2024-01-02T00:00:02Z"),
        ([In(("t",), (at("2024-01-02"), at("2024-01-05")))], "2024-01-01T23:59:59Z..2024-01-05T00:00:02Z"),
        ([In(("t",), (at("2024-01-02"), None))], None), ([GreaterThan(("u",), at("2024-01-02"))], None),
        ([GreaterThan(("t",), 7)], None), ([Not(GreaterThan(("t",), at("2024-01-02")))], None), ([IsNotNull(("t",))], None),
        ([StringStartsWith(("t",), "2024")], None), ([], None),
    ])
def test_windows_of_filters(given, expected):
    assert filters.window(given, ("t",)) == expected


def test_a_program_is_found_where_it_is(tmp_path, monkeypatch):
    here = tmp_path / "airbyte-lowcode"
    here.write_text("#!/bin/sh\n")
    with pytest.raises(AirbyteLowcodeError, match="which is no program on this machine"):
        program.binary(str(here))
    here.chmod(0o755)
    assert program.binary(str(here)) == str(here)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.binary(None) == str(here)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(AirbyteLowcodeError, match="is not on this machine: install the package airbyte-lowcode"):
        program.binary(None)


def test_a_workplace_is_private_and_holds_no_config():
    with program.Workplace(settings(GIVEN)) as workplace:
        files = [path for path in workplace.folder.rglob("*") if path.is_file()]
        assert [path.name for path in files] == ["manifest.yaml"]
        assert stat.S_IMODE(os.stat(files[0]).st_mode) == 0o600 and stat.S_IMODE(os.stat(workplace.folder).st_mode) == 0o700
    assert not workplace.folder.exists()


def fake(tmp_path, script):
    path = tmp_path / "fake"
    path.write_text(f"#!/bin/sh\ncat > {tmp_path}/given\n{script}\n")
    path.chmod(0o755)
    return settings(GIVEN | {"binary": str(path)})


RECORD = '{"type":"RECORD","record":{"stream":"s\\\\u0022","data":{"emitted_at":1,"a":"é"},"emitted_at":1700000000000}}'


def test_messages_of_a_part(tmp_path):
    given = fake(tmp_path, f"""echo '{RECORD}'; echo '{{"type":"LOG","log":{{}}}}'; echo '{{"type":"STATE","state":1}}'; echo '{RECORD}'""")
    with program.Workplace(given) as workplace, program.PartRead(workplace, "{}", "Part 1 of 1") as reading:
        assert list(reading) == ['{"emitted_at":1,"a":"é"}'.encode()] * 2
        assert reading.kept == [b'{"type":"STATE","state":1}\n']
    assert (tmp_path / "given").read_text() == GIVEN["config"]


@pytest.mark.parametrize(
    "script, sentence",
    [
        ("""echo '{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"It is shut","failure_type":"transient_error"}}}'; exit 1""",
         "Part 1 of 1 failed: It is shut. (transient_error)"),
        ("echo 'error: --part is wrong' >&2; exit 64", "Part 1 of 1 failed: --part is wrong (config_error)"),
        ("kill -9 $$", "Part 1 of 1 failed: It was ended by signal 9. (system_error)"),
        ("exit 1", "Part 1 of 1 failed: Its exit status was 1. (system_error)"),
    ])
def test_failures_of_a_part(tmp_path, script, sentence):
    with program.Workplace(fake(tmp_path, script)) as workplace, program.PartRead(workplace, "{}", "Part 1 of 1") as reading:
        with pytest.raises(AirbyteLowcodeError) as raised:
            list(reading)
    assert str(raised.value) == sentence


def test_a_part_that_is_left_early_ends(tmp_path):
    given = fake(tmp_path, f"echo '{RECORD}'; exec cat < {tmp_path}/never")
    os.mkfifo(tmp_path / "never")
    with program.Workplace(given) as workplace:
        with program.PartRead(workplace, "{}", "Part 1 of 1") as reading:
            next(iter(reading))
            process = reading._process
        assert process.poll() is not None


def test_a_shared_folder(tmp_path):
    for place in (str(tmp_path / "a"), (tmp_path / "b").as_uri()):
        folder = SharedFolder(place)
        batch = folder.new_batch()
        assert folder.files(batch, "parts") == {}
        folder.write(f"{batch}/parts/0000.json", b"one")
        folder.write(f"{batch}/parts/0000.json", b"two")
        folder.write_once(f"{batch}/outputs/0000", b"x")
        folder.write_once(f"{batch}/outputs/0000", b"y")
        assert folder.files(batch, "parts") == {"0000.json": b"two"}
        assert sorted(folder.files(batch, "outputs").values()) == [b"x", b"y"]
        folder.remove(batch)
        folder.remove(batch)
        assert folder.files(batch, "outputs") == {}
    for place in ("states", "nowhere://x/y"):
        with pytest.raises(AirbyteLowcodeError, match="The option `states`"):
            SharedFolder(place)


def test_a_spool_may_be_read_again():
    import copy

    import pyarrow as pa

    spool = Spool()
    spool.add(pa.RecordBatch.from_pydict({"a": [1, 2], "b": ["x", None]}))
    spool.add(pa.RecordBatch.from_pydict({"a": [3], "b": ["z"]}))
    spool.finish()
    rows = [(1, "x"), (2, None), (3, "z")]
    assert list(copy.copy(spool)) == rows and list(copy.copy(spool)) == rows and list(spool) == rows
    # Two that read in turns do not disturb each other.
    one, two = copy.copy(spool), copy.copy(spool)
    assert [next(one), next(two), next(one), next(two), next(one), next(two)] == [row for row in rows for _ in range(2)]
    spool.remove()
    assert list(Spool()) == []


def test_a_pace_lets_one_read_begin_in_an_interval():
    now = [0.0]
    pace = _Pace(60, lambda: now[0])
    due = []
    for time in (0, 10, 59, 60, 100, 121):
        now[0] = time
        due.append(pace.is_due())
    assert due == [True, False, False, True, False, True]
