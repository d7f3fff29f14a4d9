"""Run by the Python of `.venv-spark`: what a Spark program sees in the Delta table at the address given, as JSON."""

import json
import sys

from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession

server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
_, port = server.listening_address
spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
address, indicator, unit = sys.argv[1:]
facts = spark.read.format("delta").load(address)
facts.createOrReplaceTempView("facts")
series = (
    facts.where(facts.live & (facts.indicator == indicator) & (facts.unit_name == unit))
    .select("year", "value")
    .orderBy("year")
    .collect()
)
sums = spark.sql("select period, count(*), sum(value) from facts where live group by period order by period").collect()
first = spark.read.format("delta").option("versionAsOf", 0).load(address).count()
seen = {
    "columns": facts.columns,
    "series": [list(row) for row in series],
    "sums": [list(row) for row in sums],
    "first_version": first,
}
sys.stdout.write(json.dumps(seen) + "\n")
spark.stop()
server.stop()
