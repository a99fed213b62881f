//! Statements that are about neither tables nor rows.

use sqlite3_parser::ast::{
    As, IndexedColumn, OneSelect, PragmaBody, QualifiedName, ResultColumn, Select, Stmt, TriggerCmd,
    TriggerTime,
};

use super::super::act::{
    Act, Create, CreateTrigger, CreateView, Drop, Maintain, Object, Output, Read, Reindex, Set, Transaction,
};
use super::super::part::{Expr, Name};
use super::part::{fold, qualified};
use super::place::Text;
use super::words::expr;

/// The act, where a rule may ask for it.
pub(super) fn act(statement: &Stmt<'_>, text: &Text<'_>) -> Option<Act> {
    objects(statement, text).or_else(|| session(statement, text))
}

fn objects(statement: &Stmt<'_>, text: &Text<'_>) -> Option<Act> {
    let span = text.whole();
    let drop = |object: Object, found: &QualifiedName<'_>, if_exists: bool| {
        Act::Drop(Drop {
            object,
            names: vec![qualified(found, &span)],
            on: None,
            if_exists,
            cascade: false,
            concurrently: false,
        })
    };
    Some(match statement {
        Stmt::CreateView { temporary, view_name, columns, select, .. } => {
            let expr = expr(*select);
            Act::CreateView(CreateView {
                name: qualified(view_name, &span),
                or_replace: false,
                is_materialized: false,
                without_data: false,
                is_temporary: *temporary,
                // `*` is read anew whenever the view is used, and keeps no column.
                reads: Read::any(&expr.tables, &expr.columns),
                outputs: outputs(*columns, select),
                tables: expr.tables.clone(),
                expr,
            })
        }
        Stmt::CreateTrigger { .. } => Act::CreateTrigger(trigger(statement, text)?),
        Stmt::DropTable { if_exists, tbl_name } => drop(Object::Table, tbl_name, *if_exists),
        Stmt::DropIndex { if_exists, idx_name } => drop(Object::Index, idx_name, *if_exists),
        Stmt::DropView { if_exists, view_name } => drop(Object::View, view_name, *if_exists),
        Stmt::DropTrigger { if_exists, trigger_name } => drop(Object::Trigger, trigger_name, *if_exists),
        _ => return None,
    })
}

fn trigger(statement: &Stmt<'_>, text: &Text<'_>) -> Option<CreateTrigger> {
    let Stmt::CreateTrigger {
        if_not_exists, trigger_name, time, event, tbl_name, when_clause, commands, ..
    } = statement
    else {
        return None;
    };
    let span = text.whole();
    let parts: Vec<Expr> =
        commands.iter().map(expr).chain(when_clause.iter().map(expr)).chain([expr(event)]).collect();
    let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
    let mut whole = Expr { text, ..Expr::default() };
    for part in &parts {
        whole.columns.extend(part.columns.iter().cloned());
        whole.calls.extend(part.calls.iter().cloned());
        whole.strings.extend(part.strings.iter().cloned());
    }
    Some(CreateTrigger {
        name: qualified(trigger_name, &span),
        table: qualified(tbl_name, &span),
        or_replace: false,
        if_not_exists: *if_not_exists,
        is_instead: *time == Some(TriggerTime::InsteadOf),
        tables: parts.iter().flat_map(|part| part.tables.clone()).collect(),
        expr: whole,
        writes: commands.iter().filter_map(|command| written(command, &span)).collect(),
    })
}

fn written(command: &TriggerCmd<'_>, span: &std::ops::Range<usize>) -> Option<Name> {
    match command {
        TriggerCmd::Update { tbl_name, .. }
        | TriggerCmd::Insert { tbl_name, .. }
        | TriggerCmd::Delete { tbl_name, .. } => Some(qualified(tbl_name, span)),
        TriggerCmd::Select(_) => None,
    }
}

/// The columns that a view gives: those that it names, or those of its first SELECT where all of them have names.
fn outputs(named: Option<&[IndexedColumn<'_>]>, select: &Select<'_>) -> Option<Vec<Output>> {
    let output = |name: String| Output { name: Some(name), ..Output::default() };
    if let Some(named) = named {
        return Some(named.iter().map(|column| output(fold(column.col_name.0))).collect());
    }
    let OneSelect::Select { columns, .. } = &select.body.select else { return None };
    columns.iter().map(|column| own_name(column).map(output)).collect()
}

fn own_name(column: &ResultColumn<'_>) -> Option<String> {
    match column {
        ResultColumn::Expr(_, Some(As::As(name) | As::Elided(name))) => Some(fold(name.0)),
        ResultColumn::Expr(node, None) => {
            let expr = expr(node);
            let name = expr.columns.first()?;
            let last = expr.text.rsplit('.').next()?;
            (last.trim_matches('"') == name).then(|| name.clone())
        }
        ResultColumn::Star | ResultColumn::TableStar(_) => None,
    }
}

fn session(statement: &Stmt<'_>, text: &Text<'_>) -> Option<Act> {
    let span = text.whole();
    Some(match statement {
        Stmt::Pragma(found, body) => {
            Act::Set(Set { name: fold(found.name.0), value: body.as_ref().map(value), ..Set::default() })
        }
        Stmt::Begin(..) => Act::Transaction(Transaction::Begin),
        Stmt::Commit(_) => Act::Transaction(Transaction::Commit),
        Stmt::Rollback { savepoint_name: None, .. } => Act::Transaction(Transaction::Rollback),
        Stmt::Rollback { .. } | Stmt::Savepoint(_) | Stmt::Release(_) => {
            Act::Transaction(Transaction::Savepoint)
        }
        Stmt::Vacuum(_, into) => {
            let verb = if into.is_some() { "vacuum into" } else { "vacuum" };
            Act::Maintain(Maintain { verb: verb.to_owned(), tables: Vec::new() })
        }
        Stmt::Analyze(table) => Act::Maintain(Maintain {
            verb: "analyze".to_owned(),
            tables: table.iter().map(|table| qualified(table, &span)).collect(),
        }),
        Stmt::Reindex { obj_name } => Act::Reindex(Reindex {
            object: Object::Other,
            name: obj_name.as_ref().map(|found| qualified(found, &span)),
            concurrently: false,
        }),
        Stmt::Attach { db_name, .. } => Act::Create(Create {
            object: Object::Database,
            name: Name { schema: None, name: fold(&expr(db_name).text), span },
            on: None,
            if_not_exists: false,
            words: "attach".to_owned(),
        }),
        _ => return None,
    })
}

fn value(body: &PragmaBody<'_>) -> String {
    let (PragmaBody::Equals(value) | PragmaBody::Call(value)) = body;
    fold(&expr(value).text.replace(' ', ""))
}
