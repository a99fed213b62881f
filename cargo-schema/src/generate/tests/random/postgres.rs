//! PostgreSQL's words: all of its types, enums, a domain, comments, a second schema.

use schema_build::schema::{Column, ColumnType, Index, IndexItem, Schema, Table};

use super::words::Words;
use super::{Random, sql, text};
use crate::dialect::postgres::Postgres;
use crate::dialect::postgres::name;
use crate::dialect::postgres::scratch::Scratch;
use crate::dialect::postgres::testing::Server;

/// PostgreSQL's.
pub(in crate::generate::tests) struct OfPostgres(pub(in crate::generate::tests) Server);

/// What every database has before anything is drawn.
const GROUND: &str = "DROP SCHEMA IF EXISTS public, audit CASCADE; CREATE SCHEMA public; CREATE SCHEMA audit; \
    CREATE DOMAIN short AS TEXT CHECK (length(VALUE) < 900)";

/// Types that no B-tree can be made of.
const UNSORTED: [&str; 4] = ["JSON", "XML", "POINT", "short[]"];

/// The table that is drawn with this name is in the other schema.
const ELSEWHERE: (&str, &str) = ("t1", "audit.t1");

impl Words for OfPostgres {
    type Ways = Postgres;

    fn ways(&self) -> &Postgres {
        &Postgres
    }

    fn database(&self, sql: &str) -> Scratch {
        let scratch = self.0.database();
        self.another(scratch, sql)
    }

    fn another(&self, mut scratch: Scratch, sql: &str) -> Scratch {
        scratch.run(GROUND).unwrap_or_else(|error| panic!("{error}"));
        if !sql.is_empty() {
            scratch.run(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        }
        scratch
    }

    fn enum_name(&self, random: &mut Random, column: &str) -> String {
        format!("{column}_kind_{}", random.below(100_000))
    }

    fn drawn<'t>(&self, table: &'t str) -> &'t str {
        if table == ELSEWHERE.1 { ELSEWHERE.0 } else { table }
    }

    fn dressed(&self, schema: &Schema) -> Schema {
        let mut dressed = schema.clone();
        let elsewhere = |name: &mut String| {
            if name == ELSEWHERE.0 {
                ELSEWHERE.1.clone_into(name);
            }
        };
        for (mut name, mut table) in std::mem::take(&mut dressed.tables) {
            elsewhere(&mut name);
            table.was.iter_mut().for_each(elsewhere);
            table.foreign_keys.iter_mut().for_each(|key| elsewhere(&mut key.table));
            table.comment = table.primary_key.is_none().then(|| "it's without a key".to_owned());
            for column in &mut table.columns {
                column.comment =
                    (column.is_nullable && column.name.len() > 3).then(|| format!("perhaps {}", column.name));
                if let Some(values) = column.values.take() {
                    column.ty = sql(&values.name);
                    column.collation = None;
                    column.default = values
                        .values
                        .first()
                        .map(|value| name::string(&value.name))
                        .filter(|_| values.values.len() > 1);
                    dressed.enums.insert(values.name.clone(), values);
                }
            }
            dressed.tables.insert(name, table);
        }
        dressed
    }

    fn types(&self, _: &Table) -> &'static [&'static str] {
        &[
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "REAL",
            "DOUBLE PRECISION",
            "NUMERIC",
            "NUMERIC(10,2)",
            "NUMERIC(12,4)",
            "TEXT",
            "TEXT",
            "TEXT",
            "VARCHAR(20)",
            "VARCHAR(60)",
            "CHAR(8)",
            "BOOLEAN",
            "BYTEA",
            "TIMESTAMP",
            "TIMESTAMPTZ",
            "TIMESTAMPTZ(3)",
            "DATE",
            "TIME",
            "INTERVAL",
            "JSON",
            "JSONB",
            "UUID",
            "INET",
            "CIDR",
            "MACADDR",
            "INT4RANGE",
            "TSTZRANGE",
            "TEXT[]",
            "INTEGER[]",
            "BIGINT[]",
            "MONEY",
            "BIT(3)",
            "VARBIT(8)",
            "TSVECTOR",
            "XML",
            "POINT",
            "short",
            "SERIAL",
            "BIGSERIAL",
        ]
    }

    fn number(&self) -> &'static str {
        "BIGINT"
    }

    fn text(&self) -> &'static str {
        "TEXT"
    }

    fn default(&self, random: &mut Random, ty: &str) -> Option<String> {
        let default = match ty {
            "TEXT" | "VARCHAR(60)" | "short" => {
                *random.pick(&["'x'", "''", "'it''s'", "lower('A')", "'a' || 'b'"])
            }
            "VARCHAR(20)" | "CHAR(8)" => "'x'",
            "TIMESTAMP" | "TIMESTAMPTZ" | "TIMESTAMPTZ(3)" => {
                *random.pick(&["CURRENT_TIMESTAMP", "now()", "'2026-01-01'"])
            }
            "DATE" => *random.pick(&["'2026-01-01'", "CURRENT_DATE"]),
            "JSON" | "JSONB" => "'{}'",
            "BOOLEAN" => *random.pick(&["TRUE", "false"]),
            "UUID" => "gen_random_uuid()",
            "INTERVAL" => "'1 day'",
            "TEXT[]" => "'{}'",
            "INTEGER[]" => "ARRAY[1, 2]",
            "BIT(3)" => "B'101'",
            "REAL" | "DOUBLE PRECISION" | "NUMERIC" | "NUMERIC(10,2)" | "NUMERIC(12,4)" => {
                *random.pick(&["1.5", "-2.5e3", "0"])
            }
            "SMALLINT" | "INTEGER" | "BIGINT" => *random.pick(&["0", "-1", "(1 + 1)", "42"]),
            _ => return None,
        };
        Some(default.to_owned())
    }

    fn generated(&self, source: &Column) -> String {
        let name = self.quoted(&source.name);
        match text(&source.ty).as_str() {
            _ if source.values.is_some() => format!("CASE WHEN {name} IS NULL THEN 'none' ELSE 'some' END"),
            "TEXT" | "VARCHAR(20)" | "VARCHAR(60)" => format!("coalesce({name}, '') || '!'"),
            _ => format!("CASE WHEN {name} IS NULL THEN 'none' ELSE 'some' END"),
        }
    }

    fn check(&self, random: &mut Random, column: &Column) -> String {
        let name = self.quoted(&column.name);
        match (random.below(3), text(&column.ty).as_str()) {
            (0, "TEXT" | "VARCHAR(20)" | "VARCHAR(60)") => {
                format!("length({name}) < 1000 AND {name} NOT IN ('never', 'this')")
            }
            (0, "SMALLINT" | "INTEGER" | "BIGINT") => format!("{name} BETWEEN -10 AND 20000"),
            (1, _) => format!("{name} IS NOT NULL OR 1 <> 2"),
            (_, _) => format!("NOT ({name} IS NULL AND 1=2)"),
        }
    }

    fn collation(&self) -> &'static str {
        "C"
    }

    fn index(&self, random: &mut Random, table: &Table, index: &mut Index) {
        let column = random.pick(&table.columns).clone();
        let name = self.quoted(&column.name);
        match (random.below(5), text(&column.ty).as_str()) {
            (0, "TEXT") => index.items.push(IndexItem::Sql(format!("lower({name})"))),
            (1, "TEXT") => index.items.push(IndexItem::Sql(format!("{name} text_pattern_ops"))),
            (2, "INTEGER") => index.items.push(IndexItem::Sql(format!("{name} DESC NULLS LAST"))),
            (0 | 1, "JSONB" | "TEXT[]" | "TSVECTOR") => {
                index.method = Some("gin".to_owned());
                index.is_unique = false;
                index.items = vec![IndexItem::Column {
                    name: column.name.clone(),
                    is_descending: false,
                    collation: None,
                }];
            }
            (3, _) => index.condition = Some(format!("{name} IS NOT NULL")),
            (4, _)
                if index.method.is_none()
                    && !index.items.iter().any(
                        |item| matches!(item, IndexItem::Column { name, .. } if *name == column.name),
                    ) =>
            {
                index.include = vec![column.name.clone()];
            }
            _ => {}
        }
    }

    fn backfill(&self, ty: &ColumnType) -> String {
        let value = match text(ty).as_str() {
            "BOOLEAN" => "true",
            "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" | "TIMESTAMPTZ(3)" => "'2026-01-01'",
            "TIME" => "'09:00'",
            "JSON" | "JSONB" => "'[]'",
            "UUID" => "gen_random_uuid()",
            "INET" | "CIDR" => "'10.0.0.1'",
            "MACADDR" => "'08:00:2b:01:02:03'",
            "INT4RANGE" | "TSTZRANGE" => "'empty'",
            "TEXT[]" | "INTEGER[]" | "BIGINT[]" => "'{7}'",
            "BIT(3)" => "B'111'",
            "VARBIT(8)" => "B'1'",
            "POINT" => "'(7,7)'",
            "XML" => "'<n/>'",
            _ => "'7'",
        };
        value.to_owned()
    }

    fn quoted(&self, name: &str) -> String {
        name::quoted(name)
    }

    fn mentions(&self, sql: &str, name: &str) -> bool {
        name::mentions(sql, name)
    }

    fn finish(&self, _: &mut Random, table: &mut Table) {
        table.options.is_strict = false;
        table.options.is_without_rowid = false;
        for column in table.columns.iter_mut().filter(|column| column.generated.is_some()) {
            column.ty = sql("TEXT");
            (column.default, column.collation, column.values) = (None, None, None);
            // Before 18 there is nothing else.
            column.generated.iter_mut().for_each(|made| made.is_stored = true);
        }
        for column in table.columns.iter_mut().filter(|column| text(&column.ty).ends_with("SERIAL")) {
            (column.default, column.is_nullable) = (None, false);
        }
        for generated in table.columns.clone().iter().filter_map(|column| column.generated.as_ref()) {
            // What is computed of a text stays one.
            let sources =
                table.columns.iter_mut().filter(|column| name::mentions(&generated.expression, &column.name));
            sources.filter(|_| generated.expression.starts_with("coalesce")).for_each(|column| {
                if column.values.is_none()
                    && !matches!(text(&column.ty).as_str(), "TEXT" | "VARCHAR(20)" | "VARCHAR(60)")
                {
                    column.ty = sql("TEXT");
                    (column.default, column.identity) = (None, None);
                }
            });
        }
        let columns = table.columns.clone();
        let ty = |name: &str| {
            columns
                .iter()
                .find(|column| column.name == name)
                .map(|column| (text(&column.ty), column.values.is_some()))
        };
        let is_sorted = |name: &String| ty(name).is_some_and(|(ty, _)| !UNSORTED.contains(&ty.as_str()));
        table.uniques.retain(|unique| unique.columns.iter().all(is_sorted));
        if table.primary_key.as_ref().is_some_and(|key| !key.columns.iter().all(is_sorted)) {
            table.primary_key = None;
        }
        table.indexes.retain(|index| {
            let fits = |item: &IndexItem| match (item, index.method.as_deref()) {
                (IndexItem::Column { name, .. }, Some("gin")) => {
                    ty(name).is_some_and(|(ty, _)| matches!(ty.as_str(), "JSONB" | "TEXT[]" | "TSVECTOR"))
                }
                (IndexItem::Column { name, .. }, _) => is_sorted(name),
                (IndexItem::Sql(expression), _) => {
                    columns.iter().filter(|column| name::mentions(expression, &column.name)).all(|column| {
                        let wanted = if expression.ends_with("LAST") { "INTEGER" } else { "TEXT" };
                        column.ty == sql(wanted) && column.values.is_none()
                    })
                }
            };
            index.items.iter().all(fits)
                && index.include.iter().all(|name| columns.iter().any(|column| column.name == *name))
        });
        table.checks.retain(|check| {
            columns.iter().filter(|column| name::mentions(&check.expression, &column.name)).all(|column| {
                let ty = text(&column.ty);
                let is_text =
                    matches!(ty.as_str(), "TEXT" | "VARCHAR(20)" | "VARCHAR(60)") && column.values.is_none();
                let is_number = matches!(ty.as_str(), "SMALLINT" | "INTEGER" | "BIGINT");
                (is_text || !check.expression.contains("length("))
                    && (is_number || !check.expression.contains("BETWEEN"))
            })
        });
    }

    fn extras(&self, random: &mut Random, tables: &[String]) -> (String, Vec<String>) {
        let (mut sql, mut pinned) = (String::new(), Vec::new());
        let drawn = |table: &str| self.drawn(table).to_owned();
        if random.one_in(2) {
            let table = random.pick(tables);
            sql += &format!("CREATE VIEW counted AS SELECT count(*) AS n FROM {};\n", name::path(table));
            sql += "CREATE VIEW counted_again AS SELECT n + 1 AS m FROM counted;\n";
            pinned.push(drawn(table));
        }
        if random.one_in(2) {
            let table = random.pick(tables);
            sql += "CREATE FUNCTION watched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';\n";
            sql += &format!(
                "CREATE TRIGGER watch AFTER DELETE ON {} FOR EACH ROW EXECUTE FUNCTION watched();\n",
                name::path(table)
            );
        }
        if random.one_in(3) {
            let table = random.pick(tables);
            sql += &format!(
                "ALTER TABLE {} ENABLE ROW LEVEL SECURITY;\nCREATE POLICY seen ON {0} FOR SELECT USING (true);\n",
                name::path(table)
            );
        }
        (sql, pinned)
    }
}
