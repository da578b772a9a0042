"""BigQuery's part, played by sqlglot and DuckDB: reads scripts as BigQuery, and runs them.

A request on standard input, its answer on standard output, both JSON. `parse` answers with what is wrong with scripts,
`trees` with the trees that they parse to, `ask` with the rows of each, `run` with the first run that comes to something
else than it must.
"""

import json
import sys

import duckdb
import sqlglot
from sqlglot import exp


def statements(script):
    return [statement for statement in sqlglot.parse(script, read="bigquery") if statement is not None]


def wrong(script):
    """What sqlglot cannot read hides in a Command; what it reads must read the same when it is printed."""
    found = []
    try:
        for statement in statements(script):
            found += [f"not read: {command.sql()}" for command in statement.find_all(exp.Command)]
            printed = statement.sql("bigquery")
            if statements(printed) != [statement]:
                found.append(f"reads differently when it is printed: {printed}")
    except sqlglot.errors.SqlglotError as error:
        found.append(str(error))
    return found


def tree(script):
    """The tree without texts, names and comments: only what kind of thing stands where."""

    def shape(node):
        if isinstance(node, exp.Expression):
            # How a name is quoted is no part of the shape.
            inner = {key: shape(value) for key, value in node.args.items() if value not in (None, [], False)}
            if isinstance(node, (exp.Literal, exp.RawString, exp.JSONPath)):
                return ["text"] if not isinstance(node, exp.Literal) or node.is_string else ["number"]
            leaf = isinstance(node, exp.Identifier)
            return [type(node).__name__] if leaf else [type(node).__name__, inner]
        if isinstance(node, list):
            return [shape(item) for item in node]
        return str(node)

    return [shape(statement) for statement in statements(script)]


def in_duckdb(script):
    """The statements for DuckDB: a variable is set and got by its name."""
    parsed = statements(script)
    variables = {
        name.name
        for statement in parsed
        if isinstance(statement, exp.Declare)
        for item in statement.expressions
        for name in item.this
    }

    def variable(node):
        if isinstance(node, exp.Column) and not node.table and node.name in variables:
            return exp.Anonymous(this="getvariable", expressions=[exp.Literal.string(node.name)])
        return node

    def sql(node):
        return node.transform(variable).sql("duckdb")

    def assignment(name, value, kind=None):
        value = sql(exp.cast(value, kind, dialect="bigquery") if kind is not None else value)
        return f"SET VARIABLE {name} = ({value})"

    out = []
    for statement in parsed:
        if isinstance(statement, exp.Declare):
            for item in statement.expressions:
                value, kind = item.args.get("default") or exp.null(), item.args.get("kind")
                out += [assignment(name.name, value, kind) for name in item.this]
        elif isinstance(statement, exp.Set):
            for item in statement.expressions:
                equal = item.this
                out.append(assignment(equal.this.name, equal.expression))
        else:
            out.append(sql(statement))
    return out


def connect(request):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET threads = 1")
    connection.execute(f"ATTACH ':memory:' AS \"{request['project']}\"")
    for statement in request["setup"]:
        connection.execute(statement)
    return connection


def answers(request):
    """All values as text."""
    connection = connect(request)
    queries = [sql for script in request["scripts"] for sql in in_duckdb(script)]
    return [connection.execute(f"SELECT COLUMNS(*)::TEXT FROM ({sql})").fetchall() for sql in queries]


def run(request):
    """The first run that comes to something else than it must."""
    last, connection, script = None, None, None
    for number, case in enumerate(request["cases"]):
        if case["script"] != last:
            # A new database for each script: an old one grows slow.
            last, connection = case["script"], connect(request)
            script = in_duckdb(request["scripts"][last])
        for statement in request["between"]:
            connection.execute(statement)
        for index, step in enumerate(case["steps"]):
            remember(connection, request["remember"], step["past"])
            for statement in step["before"]:
                connection.execute(statement)
            came_to = one_run(connection, script, step["now"], request["history"])
            if came_to != step["expected"]:
                return {"case": number, "step": index, "came_to": came_to}
    return None


def remember(connection, insert, rows):
    """As lists of values: many rows take long as text."""
    if rows:
        columns = list(zip(*rows))
        values = ", ".join(f"unnest(${place})" for place in range(1, len(columns) + 1))
        connection.execute(f"{insert} SELECT {values}", [list(column) for column in columns])


def one_run(connection, script, now, history):
    for table in ("genkai_days", "genkai_measured"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    try:
        for statement in script:
            if statement.startswith("SET VARIABLE genkai_now ="):
                statement = f"SET VARIABLE genkai_now = (TIMESTAMPTZ '{now}')"
            rows = connection.execute(statement)
        outcome = rows.fetchone()[0]
    except duckdb.InvalidInputException as error:
        outcome = str(error).removeprefix("Invalid Input Error: ")
    except duckdb.Error as error:
        outcome = f"broken: {error}"
    return {"outcome": outcome, "history": [list(row) for row in connection.execute(history).fetchall()]}


def main():
    request = json.load(sys.stdin)
    answer = {
        "parse": lambda: [wrong(script) for script in request["scripts"]],
        "trees": lambda: [tree(script) for script in request["scripts"]],
        "ask": lambda: answers(request),
        "run": lambda: run(request),
    }[request["do"]]()
    json.dump(answer, sys.stdout, default=str)


main()
