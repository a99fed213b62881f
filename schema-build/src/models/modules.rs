//! From the roots of a crate through its modules, as the compiler follows them, to the items that are models. Items
//! are told apart by their first words and only models are parsed: a function body that syn does not understand, or
//! that is being edited, hides no model. What the items mean is said by `structs`, `enums` and `tables`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::FromStr;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, ItemEnum, ItemStruct, LitStr, Meta, Path as RustPath, Token, Visibility};

use super::cfg::{Cfg, text};
use super::depth::{is_file_too_deep, is_too_deep};
use super::layout::{KEPT_BELOW, is_ours};
use super::roots::Roots;
use super::source::{Mistakes, Source, rules};
use crate::finding::Finding;

/// Every model of a crate, in the order of its modules.
#[derive(Default)]
pub(super) struct Found {
    /// Structs that derive `Schema`.
    pub(super) structs: Vec<Model<ItemStruct>>,
    /// Enums that derive `Schema`.
    pub(super) enums: Vec<Model<ItemEnum>>,
    /// `table!` blocks.
    pub(super) tables: Vec<Model<Call>>,
    /// `joinable!` lines.
    pub(super) joins: Vec<Model<Call>>,
    /// Structs that derive Diesel's `SqlType`.
    pub(super) sql_types: Vec<Model<ItemStruct>>,
    /// What is wrong with the modules themselves.
    pub(super) findings: Vec<Finding>,
    /// Every file that was read.
    pub(super) files: Vec<PathBuf>,
    /// Those that hold something of the above, or lead to a file that does.
    pub(super) sources: Vec<PathBuf>,
}

/// An item, its attributes after `cfg_attr`, and where it is from.
pub(super) struct Model<T> {
    pub(super) source: Rc<Source>,
    pub(super) attributes: Vec<Meta>,
    pub(super) item: T,
}

/// `name! { tokens }`.
pub(super) struct Call {
    pub(super) tokens: TokenStream,
    pub(super) span: Span,
}

/// Where a file's modules are looked for.
#[derive(Clone)]
struct Folder {
    /// The folder of the file itself.
    file: PathBuf,
    /// The folder of the files of its modules.
    modules: PathBuf,
    /// How many `mod name { .. }` stand around.
    depth: usize,
}

/// A reader of modules.
struct Walk<'c> {
    root: &'c Path,
    cfg: &'c Cfg,
    written: &'c [PathBuf],
    seen: BTreeSet<PathBuf>,
    found: Found,
}

const TOO_DEEP: &str = "types or brackets are nested too deeply";

/// More `mod` within `mod` than anybody writes.
const DEEPEST: usize = 64;

/// Finds the models of all modules below these roots.
pub(super) fn follow(root: &Path, roots: &Roots) -> Found {
    let mut walk = Walk {
        root,
        cfg: &roots.cfg,
        written: &roots.written,
        seen: BTreeSet::new(),
        found: Found::default(),
    };
    for file in &roots.files {
        // A root that is another root's module was read with it.
        let is_root =
            file.file_name().is_some_and(|name| name == "lib.rs" || name == "main.rs" || name == "mod.rs");
        let is_binary = file.parent().is_some_and(|folder| folder.ends_with("src/bin"));
        walk.file(file, if is_root || is_binary { Folder::owning(file) } else { Folder::beside(file) });
    }
    walk.found
}

impl Found {
    /// How much was found so far.
    fn count(&self) -> usize {
        self.structs.len()
            + self.enums.len()
            + self.tables.len()
            + self.joins.len()
            + self.sql_types.len()
            + self.findings.len()
    }
}

impl Folder {
    /// `lib.rs`, `main.rs`, `mod.rs` and whatever `#[path]` names: modules are neighbours.
    fn owning(file: &Path) -> Self {
        let folder = file.parent().unwrap_or(file).to_path_buf();
        Self { modules: folder.clone(), file: folder, depth: 0 }
    }

    /// `user.rs`: modules are in `user/`.
    fn beside(file: &Path) -> Self {
        Self { modules: file.with_extension(""), ..Self::owning(file) }
    }

    fn path_base(&self) -> &Path {
        if self.depth == 0 { &self.file } else { &self.modules }
    }

    fn inline(&self, name: &str, path: Option<&str>) -> Self {
        let modules = path.map_or_else(|| self.modules.join(name), |path| self.path_base().join(path));
        Self { file: self.file.clone(), modules, depth: self.depth + 1 }
    }
}

impl Walk<'_> {
    fn file(&mut self, path: &Path, folder: Folder) {
        let canonical = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if !self.seen.insert(canonical) {
            return;
        }
        match Source::read(self.root, path) {
            Ok(source) => {
                self.found.files.push(path.to_path_buf());
                let before = self.found.count();
                self.source(&source, &folder);
                if self.found.count() > before {
                    self.found.sources.push(path.to_path_buf());
                }
            }
            Err(finding) => {
                self.found.findings.push(*finding);
                self.found.sources.push(path.to_path_buf());
            }
        }
    }

    fn source(&mut self, source: &Rc<Source>, folder: &Folder) {
        if !may_hold_models(&source.text) {
            return;
        }
        if is_file_too_deep(&source.text) {
            let message = format!("the brackets of `{}` are nested too deeply", source.path.display());
            self.found.findings.push(Finding::error(rules::UNREADABLE, message).in_file(&source.path));
            return;
        }
        match TokenStream::from_str(&source.text) {
            Ok(tokens) => self.items(source, folder, tokens),
            Err(error) => {
                let message = format!("`{}` cannot be read as Rust", source.path.display());
                let place = source.place(error.span(), "from here on");
                let finding = Finding::error(rules::UNREADABLE, message).at_place(place);
                self.found.findings.push(finding.note("rustc says more about it"));
            }
        }
    }

    fn items(&mut self, source: &Rc<Source>, folder: &Folder, tokens: TokenStream) {
        let read = |input: ParseStream<'_>| {
            let inner = input.call(Attribute::parse_inner).unwrap_or_default();
            let is_part = self.cfg.expand(&inner).is_some();
            while is_part && !input.is_empty() {
                self.item(source, folder, input)?;
            }
            skip(input, |_| false)
        };
        // Every step consumes a token or fails, and rustc has the better words for what is no item at all.
        drop(read.parse2(tokens));
    }

    fn item(&mut self, source: &Rc<Source>, folder: &Folder, input: ParseStream<'_>) -> syn::Result<()> {
        let Ok(attributes) = input.call(Attribute::parse_outer) else { return next(input) };
        if input.parse::<Visibility>().is_err() {
            return next(input);
        }
        let Some(attributes_here) = self.cfg.expand(&attributes) else { return skip(input, ends_item) };
        if input.peek(Token![mod]) && input.peek2(Ident::peek_any) {
            return self.module(source, folder, &attributes_here, input);
        }
        if input.peek(Token![struct]) || input.peek(Token![enum]) {
            return self.data(source, attributes_here, input);
        }
        if let Some(name) = macro_name(input) {
            return self.call(source, folder, &name, attributes_here, input);
        }
        skip(input, ends_item)
    }

    fn module(
        &mut self,
        source: &Rc<Source>,
        folder: &Folder,
        attributes: &[Meta],
        input: ParseStream<'_>,
    ) -> syn::Result<()> {
        input.parse::<Token![mod]>()?;
        let name = input.call(Ident::parse_any)?;
        let path = attributes.iter().find_map(path_attribute);
        if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            let may_miss = attributes.iter().any(|meta| meta.path().is_ident("cfg"));
            self.module_file(source, folder, &name, path.as_deref(), may_miss);
        } else if let TokenTree::Group(body) = input.parse()? {
            let inner = folder.inline(&name.unraw().to_string(), path.as_deref());
            if inner.depth < DEEPEST {
                self.items(source, &inner, body.stream());
            }
        }
        Ok(())
    }

    fn module_file(
        &mut self,
        source: &Source,
        folder: &Folder,
        name: &Ident,
        path: Option<&str>,
        may_miss: bool,
    ) {
        let plain = name.unraw().to_string();
        let beside = folder.modules.join(format!("{plain}.rs"));
        let inside = folder.modules.join(&plain).join("mod.rs");
        let owned = path.map(|path| folder.path_base().join(path));
        match owned {
            Some(path) if path.is_file() => self.file(&path, Folder::owning(&path)),
            None if beside.is_file() => self.file(&beside, Folder::beside(&beside)),
            None if inside.is_file() => self.file(&inside, Folder::owning(&inside)),
            _ if may_miss => {}
            Some(path) => self.missing(source, name, &[&path]),
            None => self.missing(source, name, &[&beside, &inside]),
        }
    }

    fn missing(&mut self, source: &Source, name: &Ident, candidates: &[&Path]) {
        // `src/schema.rs` is written from the models, the first time as well.
        if self.written.iter().any(|written| candidates.contains(&written.as_path())) {
            return;
        }
        let shown = |path: &&Path| format!("`{}`", path.strip_prefix(self.root).unwrap_or(path).display());
        let candidates: Vec<String> = candidates.iter().map(shown).collect();
        let message = format!("the file of module `{name}` is missing");
        let finding = Finding::error(rules::MISSING_MODULE, message)
            .at_place(source.place(name.span(), "no such file"))
            .help(format!("create {}", candidates.join(" or ")));
        self.found.findings.push(finding);
    }

    fn data(
        &mut self,
        source: &Rc<Source>,
        attributes: Vec<Meta>,
        input: ParseStream<'_>,
    ) -> syn::Result<()> {
        let (is_struct, first) = (input.peek(Token![struct]), input.span());
        let is_model = derives(&attributes, is_our_derive);
        let is_sql_type = is_struct && derives(&attributes, |path| last_is(path, "SqlType"));
        if !is_model && !is_sql_type {
            return skip(input, ends_item);
        }
        let end = input.fork();
        skip(&end, ends_item)?;
        if source.is_suspicious
            && (is_too_deep(take_item(&input.fork())?) || attributes.iter().any(is_deep_meta))
        {
            self.unreadable(source, &syn::Error::new(first, TOO_DEEP));
            return skip(input, ends_item);
        }
        let source_of_it = Rc::clone(source);
        let item = input.fork();
        let parsed = if is_struct {
            let list = if is_model { &mut self.found.structs } else { &mut self.found.sql_types };
            item.parse().map(|item| list.push(Model { source: source_of_it, attributes, item }))
        } else {
            let list = &mut self.found.enums;
            item.parse().map(|item| list.push(Model { source: source_of_it, attributes, item }))
        };
        if let Err(error) = parsed {
            self.unreadable(source, &error);
        }
        input.advance_to(&end);
        Ok(())
    }

    fn unreadable(&mut self, source: &Source, error: &syn::Error) {
        let mut mistakes = Mistakes::new(source);
        mistakes.syntax(rules::UNREADABLE, "a model cannot be read as Rust", error);
        self.found.findings.append(&mut mistakes.findings);
    }

    fn call(
        &mut self,
        source: &Rc<Source>,
        folder: &Folder,
        name: &str,
        attributes: Vec<Meta>,
        input: ParseStream<'_>,
    ) -> syn::Result<()> {
        let start = input.span();
        input.call(RustPath::parse_mod_style)?;
        input.parse::<Token![!]>()?;
        if input.peek(Ident::peek_any) {
            return skip(input, ends_item);
        }
        let TokenTree::Group(body) = input.parse()? else { return Ok(()) };
        let span = start.join(body.span_close()).unwrap_or(start);
        if source.is_suspicious && matches!(name, "table" | "joinable") && is_too_deep(body.stream()) {
            self.unreadable(source, &syn::Error::new(start, TOO_DEEP));
            return Ok(());
        }
        let model = |item| Model { source: Rc::clone(source), attributes, item };
        match name {
            "table" => self.found.tables.push(model(Call { tokens: body.stream(), span })),
            "joinable" => self.found.joins.push(model(Call { tokens: body.stream(), span })),
            "include" => {
                if let Ok(path) = syn::parse2::<LitStr>(body.stream()) {
                    let path = folder.file.join(path.value());
                    self.file(&path, Folder::owning(&path));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether it is worth while to read a file. What `cargo schema` wrote from structs tells nothing new.
fn may_hold_models(text: &str) -> bool {
    const WORDS: [&str; 8] =
        ["Schema", "SqlType", "table!", "joinable!", "include!", "mod ", "mod\t", "mod\n"];
    let is_written_from_structs = !text.is_empty() && is_ours(text) && !text.contains(KEPT_BELOW);
    !is_written_from_structs && WORDS.iter().any(|word| text.contains(word))
}

/// The last segment of `path::name!`, when a macro is called here.
fn macro_name(input: ParseStream<'_>) -> Option<String> {
    let fork = input.fork();
    let path = fork.call(RustPath::parse_mod_style).ok()?;
    let is_known =
        path.segments.len() == 1 || path.segments[0].ident == "diesel" || path.segments[0].ident == "std";
    (fork.peek(Token![!]) && is_known).then(|| path.segments.last().map(|last| last.ident.to_string()))?
}

fn is_deep_meta(meta: &Meta) -> bool {
    meta.require_list().is_ok_and(|list| is_too_deep(list.tokens.clone()))
}

fn path_attribute(meta: &Meta) -> Option<String> {
    let pair = meta.require_name_value().ok().filter(|pair| pair.path.is_ident("path"))?;
    text(&pair.value)
}

/// Whether `#[derive(..)]` has such a path.
fn derives(attributes: &[Meta], is_wanted: impl Fn(&RustPath) -> bool) -> bool {
    let lists = attributes.iter().filter(|meta| meta.path().is_ident("derive"));
    lists.filter_map(|meta| meta.require_list().ok()).any(|list| {
        let parse = syn::punctuated::Punctuated::<RustPath, Token![,]>::parse_terminated;
        list.parse_args_with(parse).is_ok_and(|paths| paths.iter().any(&is_wanted))
    })
}

/// `Schema`, by itself or from our crates: other crates have derives of that name as well.
fn is_our_derive(path: &RustPath) -> bool {
    let first = &path.segments[0].ident;
    last_is(path, "Schema")
        && (path.segments.len() == 1 || first == "schema_runtime" || first == "schema_derive")
}

pub(super) fn last_is(path: &RustPath, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

/// Passes over what is left of an item.
fn skip(input: ParseStream<'_>, is_end: impl Fn(&TokenTree) -> bool) -> syn::Result<()> {
    input.step(|cursor| {
        let mut rest = *cursor;
        while let Some((token, next)) = rest.token_tree() {
            rest = next;
            if is_end(&token) {
                break;
            }
        }
        Ok(((), rest))
    })
}

/// What is left of an item.
fn take_item(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = Vec::new();
    while !input.is_empty() && !tokens.last().is_some_and(ends_item) {
        tokens.push(input.parse::<TokenTree>()?);
    }
    Ok(tokens.into_iter().collect())
}

fn next(input: ParseStream<'_>) -> syn::Result<()> {
    skip(input, |_| true)
}

/// A body or a semicolon. An item that goes on behind a body leaves something that begins no model.
fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}
