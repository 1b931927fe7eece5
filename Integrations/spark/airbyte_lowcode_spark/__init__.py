"""A data source for Apache Spark 4 that reads HTTP APIs as Airbyte's declarative manifests describe them.

    from airbyte_lowcode_spark import register

    register(spark)
    orders = (
        spark.read.format("airbyte_lowcode")
        .option("manifest", "manifest.yaml").option("config", "config.json").option("stream", "orders").load()
    )
"""

from __future__ import annotations

import typing

from .errors import AirbyteLowcodeError
from .source import AirbyteLowcodeDataSource, PushingDataSource

if typing.TYPE_CHECKING:
    from pyspark.sql import SparkSession

__version__ = "0.1.0"
__all__ = ["AirbyteLowcodeDataSource", "AirbyteLowcodeError", "register"]

PUSHDOWN = "spark.sql.python.filterPushdown.enabled"


def register(spark: SparkSession) -> None:
    """Registers the format `airbyte_lowcode`, with filters on the cursor field pushed into the read where this Spark can do that.

    It switches `spark.sql.python.filterPushdown.enabled` on for this session. Without `register`, the format works as well once
    the package is installed, but reads a stream whole before Spark filters it.
    """
    try:
        spark.conf.set(PUSHDOWN, "true")
        pushes = spark.version >= "4.1"
    except Exception:  # Spark 4.0 has no such setting.
        pushes = False
    spark.dataSource.register(PushingDataSource if pushes else AirbyteLowcodeDataSource)
