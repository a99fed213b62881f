//! PostgreSQL's statements that are about neither tables, indexes nor rows.

use squawk_syntax::SyntaxKind::{self, *};

use super::super::act::{
    Act, AddEnumValue, Alter, Comment, ConstrainDomain, Create, CreateDomain, CreateEnum, CreateFunction,
    CreateTrigger, CreateView, Drop, Maintain, Object, Privilege, Refresh, Rename, RenameEnumValue, Set,
    Transaction,
};
use super::super::part::{Name, Type};
use super::node::Node;
use super::outputs::outputs;
use super::part::{expr, fold, name, name_of, names, string, ty};
use super::reads::reads;
use super::table::is_temporary;

/// The act, where a rule may ask for it.
pub(super) fn act(statement: &Node) -> Option<Act> {
    types(statement)
        .or_else(|| views_and_functions(statement))
        .or_else(|| session(statement))
        .or_else(|| objects(statement))
}

/// What a WITH clause changes, before the statement itself does anything; and what PREPARE prepares.
pub(super) fn inner(statement: &Node) -> Vec<Node> {
    let is_change = |node: &Node| matches!(node.kind(), INSERT | UPDATE | DELETE | MERGE);
    if statement.kind() == PREPARE {
        return statement.nodes().filter(is_change).collect();
    }
    let clause = statement.child(WITH_CLAUSE);
    clause.iter().flat_map(Node::below).filter(is_change).collect()
}

fn types(node: &Node) -> Option<Act> {
    Some(match node.kind() {
        CREATE_TYPE if node.has(ENUM_TYPE) => Act::CreateEnum(CreateEnum {
            name: name_of(node, TYPE_NAME),
            values: strings(&node.child(ENUM_TYPE)?),
        }),
        ALTER_TYPE => alter_type(node)?,
        CREATE_DOMAIN => Act::CreateDomain(CreateDomain {
            name: name_of(node, DOMAIN),
            ty: ty(node).unwrap_or_default(),
            is_constrained: node.holds(CHECK_CONSTRAINT) || node.holds(NOT_NULL_CONSTRAINT),
        }),
        ALTER_DOMAIN if node.has(ADD_CONSTRAINT) || node.has(SET_NOT_NULL) => {
            Act::ConstrainDomain(ConstrainDomain {
                name: name_of(node, DOMAIN_REF),
                is_not_valid: node.holds(NOT_VALID),
            })
        }
        _ => return None,
    })
}

fn strings(node: &Node) -> Vec<String> {
    node.tokens().filter_map(|token| string(token.text())).collect()
}

fn alter_type(node: &Node) -> Option<Act> {
    let type_name = name_of(node, TYPE_NAME_REF);
    if let Some(add) = node.child(ADD_VALUE) {
        let value = strings(&add).into_iter().next().unwrap_or_default();
        let is_placed = add.has(BEFORE_VALUE) || add.has(AFTER_VALUE);
        let if_not_exists = add.has(IF_NOT_EXISTS);
        return Some(Act::AddEnumValue(AddEnumValue { name: type_name, value, is_placed, if_not_exists }));
    }
    let rename = node.child(RENAME_VALUE)?;
    let mut values = strings(&rename).into_iter();
    let (from, to) = (values.next().unwrap_or_default(), values.next().unwrap_or_default());
    Some(Act::RenameEnumValue(RenameEnumValue { name: type_name, from, to }))
}

fn views_and_functions(node: &Node) -> Option<Act> {
    Some(match node.kind() {
        CREATE_VIEW | CREATE_MATERIALIZED_VIEW => Act::CreateView(CreateView {
            name: name_of(node, VIEW),
            or_replace: node.has(OR_REPLACE),
            is_materialized: node.kind() == CREATE_MATERIALIZED_VIEW,
            without_data: node.has(WITH_NO_DATA),
            is_temporary: is_temporary(node),
            reads: reads(node),
            outputs: outputs(node),
            tables: names(node, RELATION_NAME_REF),
            expr: expr(node),
        }),
        REFRESH => {
            Act::Refresh(Refresh { name: name_of(node, VIEW_REF), concurrently: node.has(CONCURRENTLY_KW) })
        }
        CREATE_FUNCTION | CREATE_PROCEDURE => Act::CreateFunction(function(node)),
        CREATE_TRIGGER => Act::CreateTrigger(CreateTrigger {
            name: name_of(node, TRIGGER),
            table: name_of(node, RELATION_NAME_REF),
            or_replace: node.has(OR_REPLACE),
            ..CreateTrigger::default()
        }),
        _ => return None,
    })
}

fn function(node: &Node) -> CreateFunction {
    let options = node.child(FUNC_OPTION_LIST).unwrap_or_else(|| node.clone());
    let words = |kind: SyntaxKind| options.child(kind).map(|it| it.words());
    let volatility = [(IMMUTABLE, "immutable"), (STABLE, "stable"), (VOLATILE, "volatile")];
    CreateFunction {
        name: name_of(node, FUNCTION_NAME),
        or_replace: node.has(OR_REPLACE),
        language: words(LANGUAGE_FUNC_OPTION).map(|it| it.trim_start_matches("language ").to_owned()),
        is_definer: options.has(SECURITY_DEFINER_FUNC_OPTION),
        is_of_triggers: node.child(RET_TYPE).is_some_and(|it| it.words() == "returns trigger"),
        signature: signature(node),
        sets_search_path: options.children(SET_FUNC_OPTION).any(|it| it.words().contains("search_path")),
        volatility: volatility
            .into_iter()
            .find(|(kind, _)| options.has(*kind))
            .map(|(_, word)| word.to_owned()),
    }
}

/// Sets and tables are left out.
fn signature(node: &Node) -> Option<(String, Type)> {
    let gives = node.child(RET_TYPE)?;
    let is_one = !gives.words().contains("setof") && !gives.words().contains("table");
    let takes = node.child(PARAM_LIST).map(|it| it.words()).unwrap_or_default();
    is_one.then(|| ty(&gives)).flatten().map(|ty| (takes, ty))
}

fn session(node: &Node) -> Option<Act> {
    Some(match node.kind() {
        SET => Act::Set(set(node)),
        RESET => {
            let words = node.words();
            Act::Set(Set { name: words.trim_start_matches("reset ").to_owned(), ..Set::default() })
        }
        BEGIN => Act::Transaction(Transaction::Begin),
        COMMIT_TRANSACTION => Act::Transaction(Transaction::Commit),
        ROLLBACK_TRANSACTION => Act::Transaction(Transaction::Rollback),
        SAVEPOINT_CREATE | RELEASE_SAVEPOINT | ROLLBACK_TO_SAVEPOINT => {
            Act::Transaction(Transaction::Savepoint)
        }
        GRANT | REVOKE => Act::Privilege(Privilege {
            is_grant: node.kind() == GRANT,
            tables: node
                .child(ON_PRIVILEGE_OBJECTS_CLAUSE)
                .map(|it| names(&it, RELATION_NAME_REF))
                .unwrap_or_default(),
        }),
        VACUUM | CLUSTER | REPACK | ANALYZE => Act::Maintain(maintain(node)),
        COMMENT_ON => comment(node)?,
        _ => return None,
    })
}

fn set(node: &Node) -> Set {
    let is_local = node.has(LOCAL_SCOPE);
    if let Some(config) = node.child(SET_CONFIG) {
        let value = config.nodes().nth(1).map(|it| {
            let words = it.words();
            words.trim_start_matches("to ").trim_start_matches("= ").trim_matches('\'').to_owned()
        });
        let name = name_of(&config, CONFIG_PARAMETER_REF).to_string();
        return Set { name, value, is_local, ..Set::default() };
    }
    let name = if node.has(SET_TIME_ZONE) { "timezone" } else { "other" };
    let value = node.tokens().last().map(|token| token.text().trim_matches('\'').to_lowercase());
    Set { name: name.to_owned(), value, is_local, ..Set::default() }
}

fn maintain(node: &Node) -> Maintain {
    let words = node.words();
    let option = |word: &str| {
        let mut rest = words.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
        rest.any(|it| it == word) && !matches!(rest.next(), Some("false" | "off" | "0"))
    };
    let verb = match node.kind() {
        VACUUM if option("full") => "vacuum full",
        VACUUM => "vacuum",
        ANALYZE => "analyze",
        _ => "cluster",
    };
    Maintain { verb: verb.to_owned(), tables: names(node, TABLE_NAME_REF) }
}

fn comment(node: &Node) -> Option<Act> {
    let target = node.nodes().next()?;
    let path = target.find(PATH_REF).map(|it| name(&it)).unwrap_or_default();
    let (object, name) = match target.kind() {
        OBJECT_COLUMN => (Object::Column, table_of_column(&target)),
        OBJECT_TABLE => (Object::Table, path),
        OBJECT_CONSTRAINT => (Object::Constraint, name_of(&target, TABLE_NAME_REF)),
        OBJECT_INDEX => (Object::Index, path),
        _ => (Object::Other, path),
    };
    Some(Act::Comment(Comment { object, name }))
}

/// `s.t` of `s.t.c`.
fn table_of_column(node: &Node) -> Name {
    let path = node.find(PATH_REF).and_then(|path| path.child(PATH_REF));
    path.map(|it| name(&it)).unwrap_or_default()
}

fn objects(node: &Node) -> Option<Act> {
    let text = format!("{:?}", node.kind());
    let (verb, rest) = text.split_once('_')?;
    let object = object(rest)?;
    match verb {
        "DROP" => Some(Act::Drop(drop(node, object))),
        "CREATE" => Some(Act::Create(Create {
            object,
            name: first_name(node),
            on: on(node),
            if_not_exists: node.has(IF_NOT_EXISTS),
            words: node.words().split(' ').take(4).collect::<Vec<_>>().join(" "),
        })),
        "ALTER" => Some(rename(node, object).unwrap_or_else(|| {
            Act::Alter(Alter { object, name: first_name(node), on: on(node), words: node.words() })
        })),
        _ => None,
    }
}

fn object(word: &str) -> Option<Object> {
    Some(match word {
        "TABLE" | "FOREIGN_TABLE" => Object::Table,
        "VIEW" => Object::View,
        "MATERIALIZED_VIEW" => Object::MaterializedView,
        "INDEX" => Object::Index,
        "SEQUENCE" => Object::Sequence,
        "SCHEMA" => Object::Schema,
        "DATABASE" => Object::Database,
        "TYPE" => Object::Type,
        "DOMAIN" => Object::Domain,
        "FUNCTION" | "PROCEDURE" | "ROUTINE" | "AGGREGATE" => Object::Function,
        "TRIGGER" | "EVENT_TRIGGER" => Object::Trigger,
        "POLICY" => Object::Policy,
        "RULE" => Object::Rule,
        "EXTENSION" => Object::Extension,
        "PUBLICATION" => Object::Publication,
        "SUBSCRIPTION" => Object::Subscription,
        "ROLE" | "USER" | "GROUP" => Object::Role,
        "TABLESPACE" => Object::Tablespace,
        "COLLATION" => Object::Collation,
        "OPERATOR" | "CAST" | "SERVER" | "STATISTICS" | "LANGUAGE" | "SYSTEM" | "OWNED" => Object::Other,
        _ => return None,
    })
}

fn drop(node: &Node, object: Object) -> Drop {
    let is_name = |it: &Node| !matches!(it.kind(), IF_EXISTS | CASCADE | RESTRICT | ON_RELATION | ON_TABLE);
    Drop {
        object,
        names: node.nodes().filter(is_name).map(|it| own_name(&it)).collect(),
        on: on(node),
        if_exists: node.has(IF_EXISTS),
        cascade: node.has(CASCADE),
        concurrently: node.has(CONCURRENTLY_KW),
    }
}

/// A function's name without its arguments.
fn own_name(node: &Node) -> Name {
    node.find(PATH_REF).or_else(|| node.find(PATH)).map_or_else(|| name(node), |path| name(&path))
}

fn on(node: &Node) -> Option<Name> {
    let clause = node.child(ON_TABLE).or_else(|| node.child(ON_RELATION)).or_else(|| node.child(RULE_ON))?;
    clause.find(PATH_REF).map(|path| name(&path))
}

fn first_name(node: &Node) -> Name {
    let is_name = |it: &Node| !matches!(it.kind(), IF_EXISTS | IF_NOT_EXISTS | OR_REPLACE);
    node.nodes().find(is_name).map(|it| own_name(&it)).unwrap_or_default()
}

fn rename(node: &Node, object: Object) -> Option<Act> {
    let clause = node.nodes().find(|it| format!("{:?}", it.kind()).ends_with("RENAME_TO"))?;
    let to = clause.tokens().last().map(|token| fold(token.text()))?;
    Some(Act::Rename(Rename { object, from: first_name(node), to }))
}
