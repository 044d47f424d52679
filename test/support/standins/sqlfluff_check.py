"""Says of each Snowflake statement on standard input why it does not parse.

In: a JSON list of statements. Out: a JSON list of the reasons, null for a statement that parses.
"""

import json
import sys

from sqlfluff.core import FluffConfig, Linter

linter = Linter(config=FluffConfig(overrides={"dialect": "snowflake"}))


def check(sql):
    violations = linter.parse_string(sql).violations
    return str(violations[0]) if violations else None


json.dump([check(sql) for sql in json.load(sys.stdin)], sys.stdout)
