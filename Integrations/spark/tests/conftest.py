"""A Spark for the tests: two workers that are processes of their own where that runs, otherwise threads of one."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent))

from shop import Shop  # noqa: E402

# What is left of a read is looked for in a folder that nobody else writes to.
os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="spark-")

BINARY = os.environ.get("AIRBYTE_LOWCODE", str(ROOT / ".build" / "debug" / "airbyte-lowcode"))


def pytest_unconfigure():
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)


@pytest.fixture(scope="session")
def binary():
    if not os.access(BINARY, os.X_OK):
        pytest.skip(f"{BINARY} is not built")
    return BINARY


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, ROOT / "Distribution" / "spark_wheel.py", "0.1.0", folder], check=True, capture_output=True)
    made = next(folder.glob("*.whl"))
    # Spark finds the format by itself where the wheel is installed, and plans streams in processes that know what is installed.
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall", made]
    subprocess.run(install, check=True, capture_output=True)
    # Spark sends archives to executors, and knows them by this ending.
    return made.rename(folder / "airbyte_lowcode_spark.zip")


@pytest.fixture(scope="session")
def spark(wheel, tmp_path_factory):
    """With the wheel as a user installs and sends it: nothing comes from this folder."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    warehouse = tmp_path_factory.mktemp("warehouse")

    def start(master):
        return (
            SparkSession.builder.master(master).appName("airbyte-lowcode")
            .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
            .config("spark.submit.pyFiles", str(wheel)).config("spark.sql.warehouse.dir", str(warehouse))
            .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
            .config("spark.network.timeout", "600s").config("spark.executor.memory", "512m")
            .getOrCreate())

    wanted = os.environ.get("SPARK_MASTER")
    if wanted:
        session = start(wanted)
    else:
        try:
            session = start("local-cluster[2,1,1024]")
            assert session.range(4).count() == 4
        except Exception:
            SparkSession.builder.getOrCreate().stop()
            session = start("local[2,4]")
    session.sparkContext.setLogLevel("OFF")
    from airbyte_lowcode_spark import register

    register(session)
    print(f"\nSpark {session.version} at {session.sparkContext.master}")
    yield session
    session.stop()


@pytest.fixture
def shop():
    with Shop() as server:
        yield server


@pytest.fixture
def config(shop):
    return json.dumps({"base_url": shop.url, "token": "sesame", "until": "2025-01-01T00:00:00Z"})


@pytest.fixture
def table(spark, config, binary):
    """Makes a reader of a stream: `table("orders").load()`."""

    def make(stream, session=spark, streaming=False, **options):
        reader = (session.readStream if streaming else session.read).format("airbyte_lowcode")
        given = {"manifest": str(HERE / "shop.yaml"), "config": config, "stream": stream, "binary": binary, **options}
        for name, value in given.items():
            reader = reader.option(name, value)
        return reader

    return make
