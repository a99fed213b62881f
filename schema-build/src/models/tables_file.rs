//! Writes the file of `table!` blocks that Diesel needs, from the structs that describe the tables. What people wrote
//! there themselves, about tables that no struct describes, is kept below a line that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::path::Path;

use schema_runtime::dialect::Dialect;

use super::Models;
use super::diesel_types::SqlType;
use super::layout::{Block, HEADER, KEPT_BELOW, Layout, LayoutColumn};
use super::rust::{ident_for, literal, written};
use crate::schema::{ForeignKey, Table};

/// The widest line, as rustfmt has it by default.
const WIDTH: usize = 100;

impl Models {
    /// The text of `file`, a path as it is shown (`src/schema.rs`): the tables of all structs, then what people wrote
    /// there about other tables.
    pub fn tables_file(&self, file: &Path) -> String {
        let mut text = format!("{HEADER}\n");
        // Writing to a string cannot fail.
        let _ = Writer { models: self, file }.write(&mut text);
        text
    }
}

struct Writer<'m> {
    models: &'m Models,
    file: &'m Path,
}

impl Writer<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        self.sql_types(out)?;
        self.module(None, "", out)?;
        let modules: BTreeSet<&str> =
            self.models.layouts.values().filter_map(|l| l.module.as_deref()).collect();
        for module in modules {
            let mut inner = String::new();
            self.module(Some(module), "super::", &mut inner)?;
            write!(
                out,
                "\npub mod {} {{\n{}}}\n",
                written(module),
                indented(inner.trim_start_matches('\n'))
            )?;
        }
        self.joins(out)?;
        let kept = self.kept_blocks();
        self.same_query(&kept, out)?;
        self.kept(&kept, out)
    }

    fn module(&self, module: Option<&str>, up: &str, out: &mut String) -> fmt::Result {
        for (key, layout) in
            self.models.layouts.iter().filter(|(_, layout)| layout.module.as_deref() == module)
        {
            write!(out, "\n{}", self.table(layout, &self.models.schema.tables[key], up)?)?;
        }
        Ok(())
    }

    fn table(&self, layout: &Layout, table: &Table, up: &str) -> Result<String, fmt::Error> {
        let mut out = String::from("diesel::table! {\n");
        let customs: BTreeSet<&str> =
            layout.columns.iter().filter_map(|c| c.ty.custom.as_ref()).map(|ty| ty.ident.as_str()).collect();
        if !customs.is_empty() {
            writeln!(out, "    use diesel::sql_types::*;")?;
            for custom in customs {
                writeln!(out, "    use {up}super::sql_types::{};", written(custom))?;
            }
            writeln!(out)?;
        }
        if layout.sql_name != layout.ident {
            writeln!(out, "    #[sql_name = {}]", literal(&layout.sql_name))?;
        }
        let schema = layout.schema.as_ref().map_or_else(String::new, |schema| written(schema) + ".");
        writeln!(out, "    {schema}{} ({}) {{", written(&layout.ident), key(layout, table).join(", "))?;
        for column in &layout.columns {
            if column.sql_name != column.ident {
                writeln!(out, "        #[sql_name = {}]", literal(&column.sql_name))?;
            }
            if let Some(length) = column.max_length {
                writeln!(out, "        #[max_length = {length}]")?;
            }
            writeln!(out, "        {} -> {},", written(&column.ident), type_of(column))?;
        }
        out.push_str("    }\n}\n");
        Ok(out)
    }

    /// Every type that Diesel does not have, once.
    fn sql_types(&self, out: &mut String) -> fmt::Result {
        let mut types: BTreeMap<&str, &SqlType> = BTreeMap::new();
        for block in self.kept_blocks() {
            types.extend(block.sql_types.iter().map(|(ident, ty)| (ident.as_str(), ty)));
        }
        let columns = self.models.layouts.values().flat_map(|layout| &layout.columns);
        types.extend(columns.filter_map(|c| c.ty.custom.as_ref()).map(|ty| (ty.ident.as_str(), ty)));
        if types.is_empty() {
            return Ok(());
        }
        writeln!(out, "\npub mod sql_types {{")?;
        for (index, ty) in types.values().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            writeln!(
                out,
                "    #[derive(diesel::query_builder::QueryId, Clone, diesel::sql_types::SqlType)]"
            )?;
            writeln!(out, "    #[diesel({})]", backend_type(ty, self.models.schema.dialect))?;
            writeln!(out, "    pub struct {};", written(&ty.ident))?;
        }
        writeln!(out, "}}")
    }

    /// One line for every two tables with exactly one key of one column between them: Diesel takes no more.
    fn joins(&self, out: &mut String) -> fmt::Result {
        let mut pairs: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for (child, table) in &self.models.schema.tables {
            for foreign_key in &table.foreign_keys {
                if let Some(line) = self.join(child, foreign_key) {
                    let (child, parent) = (child.as_str(), foreign_key.table.as_str());
                    pairs.entry((child.min(parent), child.max(parent))).or_default().push(line);
                }
            }
        }
        let mut lines: Vec<String> = pairs.into_values().filter(|l| l.len() == 1).flatten().collect();
        lines.sort_unstable();
        if !lines.is_empty() {
            writeln!(out, "\n{}", lines.join("\n"))?;
        }
        Ok(())
    }

    fn join(&self, child: &str, foreign_key: &ForeignKey) -> Option<String> {
        let parent = self.models.layouts.get(&foreign_key.table).filter(|_| child != foreign_key.table)?;
        let child = self.models.layouts.get(child)?;
        let [column] = foreign_key.columns.as_slice() else { return None };
        let key = self.models.schema.tables[&foreign_key.table].primary_key.as_ref()?;
        let is_to_key = foreign_key.references.is_empty() || foreign_key.references == key.columns;
        let [key] = key.columns.as_slice() else { return None };
        let named =
            |layout: &'_ Layout, name: &str| layout.columns.iter().find(|c| c.sql_name == name).cloned();
        let (from, to) = (named(child, column)?, named(parent, key)?);
        // Diesel compares the columns, so their types must be one.
        (is_to_key && from.ty.name == to.ty.name).then(|| {
            format!("diesel::joinable!({} -> {} ({}));", path(child), path(parent), written(&from.ident))
        })
    }

    /// Diesel's macro takes plain names, so tables in modules get one here.
    fn same_query(&self, kept: &[&Block], out: &mut String) -> fmt::Result {
        let (inner, own): (Vec<_>, Vec<_>) =
            self.models.layouts.values().partition(|layout| layout.module.is_some());
        let mut idents: BTreeSet<String> = own.iter().map(|layout| layout.ident.clone()).collect();
        idents.extend(kept.iter().map(|block| block.ident.clone()));
        let mut aliases = Vec::new();
        for layout in inner {
            let mut alias = path(layout).replace("r#", "").replace("::", "_");
            while idents.contains(&alias) {
                alias.push('_');
            }
            aliases.push(format!("use {} as {alias};", path(layout)));
            idents.insert(alias);
        }
        if idents.len() > 1 && !aliases.is_empty() {
            aliases.sort_unstable();
            writeln!(out, "\n{}", aliases.join("\n"))?;
        }
        same_query(&idents, out)
    }

    fn kept_blocks(&self) -> Vec<&Block> {
        self.models.blocks.values().flatten().filter(|block| block.file == self.file).collect()
    }

    fn kept(&self, blocks: &[&Block], out: &mut String) -> fmt::Result {
        if blocks.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{KEPT_BELOW}")?;
        for block in blocks {
            // A call in braces is an item of itself, one in other brackets needs a semicolon.
            let end = if block.text.ends_with('}') { "" } else { ";" };
            writeln!(out, "\n{}{end}", block.text)?;
        }
        let is_here = |ident: &str| blocks.iter().any(|block| block.ident == ident);
        let joins = self.models.joins.iter().filter(|join| join.file == self.file);
        let lines: Vec<String> = joins
            .filter(|join| is_here(&join.child) || is_here(&join.parent))
            .map(|j| {
                format!(
                    "diesel::joinable!({} -> {} ({}));",
                    written(&j.child),
                    written(&j.parent),
                    written(&j.column)
                )
            })
            .collect();
        if !lines.is_empty() {
            writeln!(out, "\n{}", lines.join("\n"))?;
        }
        Ok(())
    }
}

fn key(layout: &Layout, table: &Table) -> Vec<String> {
    let columns = table.primary_key.iter().flat_map(|key| &key.columns);
    columns
        .map(|name| {
            let column = layout.columns.iter().find(|column| column.sql_name == *name);
            column.map_or_else(|| ident_for(name), |column| written(&column.ident))
        })
        .collect()
}

fn type_of(column: &LayoutColumn) -> String {
    if column.is_nullable { format!("Nullable<{}>", column.ty.name) } else { column.ty.name.clone() }
}

fn path(layout: &Layout) -> String {
    match &layout.module {
        Some(module) => format!("{}::{}", written(module), written(&layout.ident)),
        None => written(&layout.ident),
    }
}

fn backend_type(ty: &SqlType, dialect: Dialect) -> String {
    let name = |name: &Option<String>| literal(name.as_deref().unwrap_or(&ty.ident));
    match (dialect, &ty.postgres_schema) {
        (Dialect::Sqlite, _) => format!("sqlite_type(name = {})", name(&ty.sqlite)),
        (Dialect::Mysql, _) => format!("mysql_type(name = {})", name(&ty.mysql)),
        (Dialect::Postgres, None) => format!("postgres_type(name = {})", name(&ty.postgres)),
        (Dialect::Postgres, Some(schema)) => {
            format!("postgres_type(name = {}, schema = {})", name(&ty.postgres), literal(schema))
        }
    }
}

fn same_query(idents: &BTreeSet<String>, out: &mut String) -> fmt::Result {
    const MACRO: &str = "diesel::allow_tables_to_appear_in_same_query!";
    if idents.len() < 2 {
        return Ok(());
    }
    let idents: Vec<String> = idents.iter().map(|ident| written(ident)).collect();
    let line = format!("{MACRO}({});", idents.join(", "));
    if line.len() <= WIDTH {
        return writeln!(out, "\n{line}");
    }
    writeln!(out, "\n{MACRO}(\n    {},\n);", idents.join(",\n    "))
}

fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { "\n".to_string() } else { format!("    {line}\n") };
    text.lines().map(line).collect()
}
