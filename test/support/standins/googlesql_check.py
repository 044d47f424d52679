"""Says of each BigQuery statement on standard input why GoogleSQL's own analyzer refuses it: syntax, names, types.

In: a JSON list of statements, in the order in which they would run; what one makes, the next ones find.
Out: a JSON list of the reasons, null for a statement that is accepted.
"""

import json
import sys
from pathlib import Path

import wasmtime

compile_file = wasmtime.Module.from_file


def load_compiled(engine, path):
    """Compiling takes half a minute of CPU, loading what was compiled none."""
    compiled = Path(sys.prefix) / "googlesql.compiled"
    if not compiled.exists():
        compiled.write_bytes(compile_file(engine, path).serialize())
    return wasmtime.Module.deserialize_file(engine, str(compiled))


wasmtime.Module.from_file = load_compiled

from zetasql.api import Analyzer, CatalogBuilder, TableBuilder  # noqa: E402
from zetasql.types import (  # noqa: E402
    AnalyzerOptions,
    LanguageFeature,
    LanguageOptions,
    ProductMode,
    Type,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)

language = LanguageOptions.maximum_features()
language.product_mode = ProductMode.PRODUCT_EXTERNAL
language.enabled_language_features.append(LanguageFeature.FEATURE_COLLATION_SUPPORT)

STRING = TypeKind.TYPE_STRING
INFORMATION_SCHEMA = {
    "COLUMNS": ["table_catalog", "table_schema", "table_name", "column_name"],
    "SCHEMATA": ["catalog_name", "schema_name", "location"],
    "TABLES": ["table_catalog", "table_schema", "table_name", "table_type"],
}


def build_table(name, columns):
    table = TableBuilder(name)
    for column, kind in columns:
        table.add_column(column, kind)
    return table.build()


def build_information_schema():
    catalog = CatalogBuilder("INFORMATION_SCHEMA")
    for name, columns in INFORMATION_SCHEMA.items():
        catalog.add_table(build_table(name, [(column, STRING) for column in columns]))
    return catalog.build()


def build_root():
    functions = ZetaSQLBuiltinFunctionOptions(language_options=language)
    root = CatalogBuilder("project").with_builtin_functions(functions).build()
    root.catalog = [build_information_schema()]
    return root


class World:
    """What the statements so far have made."""

    def __init__(self):
        self.root = build_root()
        self.tables = {}
        dataset = AnalyzerOptions.SystemVariable(name_path=["dataset_id"], type=Type(type_kind=STRING))
        options = AnalyzerOptions(language_options=language, system_variables=[dataset])
        self.analyzer = Analyzer(options, self.root)

    def run(self, sql):
        try:
            self.take(self.analyzer.analyze_statement(sql))
            return None
        except Exception as error:
            return str(error).split("\n")[0]

    def take(self, statement):
        kind = type(statement).__name__
        if kind == "ResolvedCreateSchemaStmt":
            self.add_schema(statement.name_path)
        elif kind in ("ResolvedCreateTableStmt", "ResolvedCreateTableAsSelectStmt"):
            columns = [(each.name, each.type) for each in statement.column_definition_list]
            self.put(statement.name_path, columns)
        elif kind == "ResolvedCreateViewStmt":
            columns = [(each.name, each.column.type) for each in statement.output_column_list]
            self.put(statement.name_path, columns)
        elif kind == "ResolvedAlterTableStmt":
            self.alter(statement)

    def add_schema(self, path):
        schema = CatalogBuilder(path[0]).build()
        schema.catalog = [build_information_schema()]
        self.root.catalog.append(schema)

    def alter(self, statement):
        path = tuple(statement.name_path)
        for action in statement.alter_action_list:
            if type(action).__name__ == "ResolvedAddColumnAction":
                added = action.column_definition
                self.put(path, [*self.tables[path], (added.name, added.type)])

    def put(self, path, columns):
        schema, name = path
        self.tables[tuple(path)] = columns
        (catalog,) = [each for each in self.root.catalog if each.name == schema]
        others = [each for each in catalog.table or [] if each.name != name]
        catalog.table = [*others, build_table(name, columns)]


world = World()
json.dump([world.run(sql) for sql in json.load(sys.stdin)], sys.stdout)
