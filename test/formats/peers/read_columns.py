"""Prints the columns of a Parquet file as one reader sees them: {"types": {NAME: TYPE}, "columns": {NAME: [VALUE]}}.

Times are milliseconds since 1970, numbers stay numbers, lists and structs are those of JSON.
"""

import datetime
import json
import sys


def plain(value):
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return (value - epoch) // datetime.timedelta(milliseconds=1)
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def read_pyarrow(path):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    types = {field.name: str(field.type) for field in table.schema}
    return types, {name: table.column(name).to_pylist() for name in table.column_names}


def read_duckdb(path):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    result = connection.execute("SELECT * FROM read_parquet(?)", [path])
    names = [column[0] for column in result.description]
    types = {column[0]: str(column[1]) for column in result.description}
    rows = result.fetchall()
    return types, {name: [row[at] for row in rows] for at, name in enumerate(names)}


def read_polars(path):
    import polars

    frame = polars.read_parquet(path)
    types = {name: str(kind) for name, kind in frame.schema.items()}
    return types, {name: frame.get_column(name).to_list() for name in frame.columns}


READERS = {"pyarrow": read_pyarrow, "duckdb": read_duckdb, "polars": read_polars}

reader, path = sys.argv[1:]
types, columns = READERS[reader](path)
print(json.dumps({"types": types, "columns": {name: plain(values) for name, values in columns.items()}}))
