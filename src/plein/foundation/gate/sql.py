"""Looks at a question in SQL before the lake does: one SELECT, over the products asked for, nothing that reaches out.

The lake refuses files, settings and other tables by itself; this wall in front of it is ours, so that neither has to be
the only one.
"""

from functools import lru_cache

from plein.foundation.gate.errors import BadQuestion
from plein.foundation.lake import plain

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series", "generateseries", "explodinggenerateseries"})
REACHING = frozenset(
    {
        "add_parquet_key",
        "current_database",
        "current_schemas",
        "current_setting",
        "current_user",
        "currval",
        "getenv",
        "getvariable",
        "glob",
        "in_search_path",
        "nextval",
        "query",
        "query_table",
        "session_user",
        "set_config",
        "sleep",
        "test_all_types",
        "txid_current",
        "version",
        "which_secret",
        "write_log",
    }
)
PREFIXES = ("read_", "parquet_", "sniff_", "pragma_", "duckdb_", "pg_", "sqlite_", "postgres_", "mysql_", "st_read")


def alias(product: str) -> str:
    """Name the view of a product in SQL: `sensing.hourly_means` is `sensing__hourly_means`."""
    return product.replace(".", "__")


@lru_cache(maxsize=512)
def check(text: str, products: frozenset[str]) -> None:
    """Refuse anything but one reading question over the views of these products.

    Raises BadQuestion.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = [one for one in sqlglot.parse(text, read="duckdb") if one is not None]
    except (SqlglotError, RecursionError) as error:
        raise BadQuestion(reason=str(error).split("\n", maxsplit=1)[0]) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise BadQuestion(reason="it must be one SELECT")
    question = statements[0]
    _refuse_writing(question)
    _check_tables(question, {alias(product).lower() for product in products})
    _check_functions(question)


def _refuse_writing(question: object) -> None:
    from sqlglot import exp

    kinds = (exp.DDL, exp.DML, exp.Command, exp.Into, exp.Attach, exp.Detach, exp.Copy, exp.Pragma, exp.Set, exp.Use)
    for node in question.walk():  # type: ignore[attr-defined]
        if isinstance(node, kinds) and not isinstance(node, exp.Query):
            raise BadQuestion(reason="it must only read")


def _check_tables(question: object, known: set[str]) -> None:
    from sqlglot import exp

    named = {cte.alias_or_name.lower() for cte in question.find_all(exp.CTE)}  # type: ignore[attr-defined]
    if taken := named & known:
        raise BadQuestion(reason=f"{', '.join(sorted(taken))} is already the name of a product")
    for table in question.find_all(exp.Table):  # type: ignore[attr-defined]
        inner = table.this
        if isinstance(inner, exp.Func):
            if _name(inner) not in TABLE_FUNCTIONS:
                raise BadQuestion(reason=f"{_name(inner)} may not be used as a table")
        elif table.db or table.catalog or table.name.lower() not in known | named:
            raise BadQuestion(reason=f"there is no product {table.sql(dialect='duckdb')} in this question")


def _name(function: object) -> str:
    from sqlglot import exp

    if isinstance(function, exp.Anonymous):
        return str(function.this).lower()
    return str(function.sql_name()).lower() if isinstance(function, exp.Func) else ""


def _check_functions(question: object) -> None:
    from sqlglot import exp

    for function in question.find_all(exp.Func):  # type: ignore[attr-defined]
        name = _name(function)
        if name in REACHING or name.startswith(PREFIXES):
            raise BadQuestion(reason=f"the function {name} is not for questions")


@lru_cache(maxsize=512)
def condition(text: str, columns: frozenset[str]) -> str:
    """Read a condition on these columns and write it anew, so that nothing else can hide in it.

    Plain comparisons joined by AND hold nothing to rewrite; they do not need the parser, which takes much memory.
    Raises BadQuestion.
    """
    named = plain.columns_of(text)
    if named is not None and named <= {column.lower() for column in columns}:
        return text
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        found = [one for one in sqlglot.parse(text, read="duckdb") if one is not None]
    except (SqlglotError, RecursionError) as error:
        raise BadQuestion(reason=str(error).split("\n", maxsplit=1)[0]) from error
    if len(found) != 1 or not isinstance(found[0], exp.Condition) or list(found[0].find_all(exp.Query, exp.Table)):
        raise BadQuestion(reason="a condition compares columns, nothing else")
    _check_functions(found[0])
    known = {column.lower() for column in columns}
    strange = {column.name for column in found[0].find_all(exp.Column) if column.name.lower() not in known}
    if strange:
        raise BadQuestion(reason=f"there is no column {', '.join(sorted(strange))} here")
    return str(found[0].sql(dialect="duckdb", comments=False))
