#!/usr/bin/env python3
"""The autogenerate case of the side-by-side benchmark of migration tools, as structs: the history makes the schema of
before, the models are the schema of after, and what is between them is twenty changes on twenty tables.

  models.py BENCH OUT [TABLES]   BENCH holds gen_diff.py of the benchmark. Writes OUT/cargo-schema-sqlite and
                                 OUT/cargo-schema-pg, a project each, of 200 tables unless said otherwise; they hold no
                                 application and need not compile.

A project's models are those of before. `cargo-schema schema lock` and `cargo-schema schema generate nothing` make it what
it would be after years; with `after.rs` in the place of `src/models.rs`, `cargo-schema schema generate changes` is then what
is measured. With OUT inside the work folder of the benchmark (gen/diff), its scenario `diff` finds the projects there.
"""
import os
import sys

sys.path.insert(0, sys.argv[1])
import gen_diff

MANIFEST = """[package]
name = "bench"
version = "0.1.0"
edition = "2024"

[lib]
path = "src/lib.rs"

[package.metadata.schema]
dialect = "{dialect}"

[workspace]
"""

TYPES = {
    "int": "i32", "big": "i64", "str": "String", "str200": "String", "text": "String", "bool": "bool",
    "ts": "chrono::NaiveDateTime", "dbl": "f64", "date": "chrono::NaiveDate",
}
LENGTHS = {"str": 100, "str200": 200}


def field(column):
    says = []
    if column["ty"] in LENGTHS:
        says.append(f"max_length = {LENGTHS[column['ty']]}")
    if column["default"]:
        says.append(f"default = {column['default']}")
    attribute = f"    #[schema({', '.join(says)})]\n" if says else ""
    ty = TYPES[column["ty"]]
    return f"{attribute}    pub {column['name']}: {f'Option<{ty}>' if column['null'] else ty},\n"


def struct(name, table):
    indexes = "".join(f"#[schema(index({column}, name = \"{index}\"))]\n" for index, column in table["ix"])
    head = f"#[derive(schema_runtime::Schema)]\n#[diesel(table_name = crate::schema::{name})]\n{indexes}"
    fields = "".join(map(field, table["cols"]))
    return f"{head}pub struct {name.replace('_', '').upper()} {{\n    pub id: i32,\n{fields}}}\n"


def structs(tables):
    return "\n".join(struct(name, table) for name, table in tables.items())


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def project(out, dialect, before, after):
    write(f"{out}/Cargo.toml", MANIFEST.format(dialect=dialect))
    write(f"{out}/src/lib.rs", "pub mod models;\npub mod schema;\n")
    write(f"{out}/src/models.rs", structs(before))
    write(f"{out}/after.rs", structs(after))
    made = f"{out}/migrations/2024-01-01-000000_before"
    sql = gen_diff.sql(before).removeprefix("BEGIN;\n").removesuffix("COMMIT;\n")
    write(f"{made}/up.sql", sql)
    write(f"{made}/down.sql", "".join(f"DROP TABLE {name};\n" for name in before))


def main():
    out = sys.argv[2]
    gen_diff.T = int(sys.argv[3]) if len(sys.argv) > 3 else gen_diff.T
    before, (after, changes) = gen_diff.before(), gen_diff.after()
    for dialect, name in (("sqlite", "sqlite"), ("postgres", "pg")):
        project(f"{out}/cargo-schema-{name}", dialect, before, after)
    write(f"{out}/changes.txt", "".join(f"{kind} {table}\n" for kind, table in changes))


main()
