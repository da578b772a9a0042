"""BigQuery's part, played by GoogleSQL itself: Google's parser and executor, compiled to WebAssembly.

A request on standard input, its answer on standard output, both JSON. For each of `scripts` and `queries` the error of
reading it, if any; for each of `rows` what a condition comes to for a row: true, false, null, or an error.

Starting takes a minute or two, so that everything is asked at once. What was compiled is kept for the next start.
"""

import json
import sys

import wasmtime
from zetasql.core import wasm_client


class Kept(wasmtime.Config):
    def __init__(self):
        super().__init__()
        try:
            self.cache = True
        except wasmtime.WasmtimeError:
            pass  # There is no folder to keep it in.


wasm_client.Config = Kept

from zetasql.api import Parser, PreparedExpression, Value  # noqa: E402
from zetasql.core.exceptions import ZetaSQLError  # noqa: E402
from zetasql.types import (  # noqa: E402
    AnalyzerOptions,
    LanguageOptions,
    SimpleCatalog,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)

LANGUAGE = LanguageOptions.maximum_features()


def error(read, text):
    try:
        read(text)
    except ZetaSQLError as found:
        return str(found)
    return None


def value(of, text):
    kinds = {"STRING": TypeKind.TYPE_STRING, "INT64": TypeKind.TYPE_INT64, "BOOL": TypeKind.TYPE_BOOL}
    makers = {"STRING": Value.string, "INT64": Value.int64, "BOOL": Value.bool}
    return Value.null(kinds[of]) if text is None else makers[of](text)


def evaluated(row, catalog):
    options = AnalyzerOptions(language_options=LANGUAGE)
    columns = {name: value(*of) for name, of in row["columns"].items()}
    try:
        result = PreparedExpression(row["condition"], options, catalog).execute(columns=columns)
        # A NULL has no message of its own.
        return None if result._proto is None or result.is_null() else result.get_bool()
    except ZetaSQLError as found:
        return str(found)


def main():
    request = json.load(sys.stdin)
    catalog = SimpleCatalog(
        name="catalog", builtin_function_options=ZetaSQLBuiltinFunctionOptions(language_options=LANGUAGE)
    )
    parser = Parser(LANGUAGE)
    answer = {
        "scripts": [error(parser.parse_script, script) for script in request["scripts"]],
        "queries": [error(parser.parse_statement, query) for query in request["queries"]],
        "rows": [evaluated(row, catalog) for row in request["rows"]],
    }
    json.dump(answer, sys.stdout)


main()
