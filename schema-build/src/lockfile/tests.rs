//! Lock files and back.

use super::*;

fn revision(id: &str, up: &str, down: Option<&str>) -> Revision {
    let script = |checksum: &str| Script { checksum: checksum.to_string().into(), ..Script::default() };
    Revision {
        id: id.to_string().into(),
        version: id.to_string().into(),
        folder: id.to_string().into(),
        message: "".into(),
        created: None,
        parents: Vec::new(),
        depends_on: Vec::new(),
        labels: Vec::new(),
        irreversible: None,
        up: script(up),
        down: down.map(script),
    }
}

fn differences(known: &[Revision], now: &[Revision]) -> Vec<Difference> {
    LockFile::of(known).compare(now)
}

#[test]
fn a_lock_file_is_one_sorted_line_per_revision_and_reads_back() {
    let lock = LockFile::of(&[revision("b", "1-b", None), revision("a", "1-a", Some("1-x"))]);
    let text = lock.render();
    assert_eq!(
        text.strip_prefix(HEADER),
        Some(
            "version = 1\nrevisions.\"a\" = { up = \"1-a\", down = \"1-x\" }\n\
             revisions.\"b\" = { up = \"1-b\" }\n"
        )
    );
    assert_eq!(LockFile::parse(Path::new(FILE_NAME), &text), (lock, Vec::new()));
}

#[test]
fn edits_are_told_from_what_is_new_and_what_is_gone() {
    let known = [revision("a", "1-a", Some("1-x")), revision("b", "1-b", None)];
    assert_eq!(differences(&known, &known), []);
    assert_eq!(
        differences(&known, &[revision("a", "1-A", Some("1-X")), revision("c", "1-c", None)]),
        [
            Difference::Edited { revision: 0, file: "up.sql" },
            Difference::Edited { revision: 0, file: "down.sql" },
            Difference::Unrecorded { revision: 1 },
            Difference::Removed { id: "b".to_string() },
        ]
    );
}

#[test]
fn a_down_that_comes_later_is_no_edit_but_one_that_goes_is() {
    let (with, without) = ([revision("a", "1-a", Some("1-x"))], [revision("a", "1-a", None)]);
    assert_eq!(differences(&without, &with), [Difference::Unrecorded { revision: 0 }]);
    assert_eq!(differences(&with, &without), [Difference::Edited { revision: 0, file: "down.sql" }]);
}

#[test]
fn checksums_of_another_version_are_not_compared() {
    let (old, new) = ([revision("a", "1-a", None)], [revision("a", "2-b", None)]);
    assert_eq!(differences(&old, &new), [Difference::Unrecorded { revision: 0 }]);
}

#[test]
fn rubbish_is_a_finding_and_what_can_be_read_is_read() {
    for text in [
        "revisions = 3",
        "[revisions]\na = 1",
        "[revisions]\na = {}",
        "[revisions]\na = { up = 1 }",
        "version = 2",
        "tables = {}",
        "[schema]",
        "\0",
    ] {
        let (lock, findings) = LockFile::parse(Path::new(FILE_NAME), text);
        assert_eq!(lock, LockFile::default());
        assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [RULE], "{text}");
    }
    let (lock, findings) =
        LockFile::parse(Path::new(FILE_NAME), "[revisions]\na = { up = \"1-a\" }\nb = 1\n");
    assert_eq!((lock.revisions.len(), findings.len()), (1, 1));
}

#[test]
fn a_file_of_the_first_form_is_read_and_has_no_schema() {
    let text = "# Written\n[revisions]\n\"a\" = { up = \"1-a\", down = \"1-x\" }\n";
    let lock = LockFile::of(&[revision("a", "1-a", Some("1-x"))]);
    assert_eq!(LockFile::parse(Path::new(FILE_NAME), text), (lock, Vec::new()));
}

#[test]
fn revisions_say_what_was_not_done_with_them() {
    let mut lock = LockFile::of(&[revision("a", "1-a", None), revision("b", "1-b", None)]);
    lock.outside.insert("b".to_string());
    lock.unproven.insert("b".to_string());
    let text = lock.render();
    assert!(text.contains("revisions.\"a\" = { up = \"1-a\" }\n"), "{text}");
    assert!(text.contains("revisions.\"b\" = { up = \"1-b\", outside = true, unproven = true }\n"), "{text}");
    assert_eq!(LockFile::parse(Path::new(FILE_NAME), &text), (lock, Vec::new()));
}

/// Schemas by chance: every field, and names that need quotes.
mod schemas {
    use schema_runtime::dialect::Dialect;

    use super::*;
    use crate::schema::*;

    /// A small generator of its own: the same numbers on every machine.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }

        fn coin(&mut self) -> bool {
            self.below(2) == 0
        }

        fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
            self.coin().then(|| make(self))
        }

        fn some<T>(&mut self, most: u64, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
            (0..self.below(most + 1)).map(|_| make(self)).collect()
        }

        fn of<T: Copy>(&mut self, all: &[T]) -> T {
            all[usize::try_from(self.below(all.len() as u64)).expect("small")]
        }

        fn text(&mut self) -> String {
            const TEXTS: [&str; 14] = [
                "",
                "a",
                "B",
                "users",
                "tag-1",
                "x.y",
                "a b",
                "'q'",
                "\"q\"",
                "back\\slash",
                "new\nline\r\t",
                "#{}[]=,",
                "\u{1}\u{7f}\u{85}",
                "Größe\u{1f600}",
            ];
            format!("{}{}", self.of(&TEXTS), self.of(&TEXTS))
        }

        fn texts(&mut self) -> Vec<String> {
            self.some(3, Self::text)
        }

        fn values(&mut self, name: String) -> EnumType {
            let value = |chance: &mut Self| EnumValue::named(chance.text());
            EnumType { name, values: self.some(3, value), was: None }
        }

        fn column(&mut self, name: String) -> Column {
            let ty = match self.coin() {
                true => ColumnType::Sql(self.text()),
                false => ColumnType::Diesel { name: self.text(), max_length: self.maybe(|_| u32::MAX) },
            };
            Column {
                name,
                ty,
                is_nullable: self.coin(),
                default: self.maybe(Self::text),
                generated: self.maybe(|it| Generated { expression: it.text(), is_stored: it.coin() }),
                identity: self.maybe(|it| it.of(&[Identity::Always, Identity::ByDefault])),
                collation: self.maybe(Self::text),
                comment: self.maybe(Self::text),
                values: self.maybe(|it| {
                    let name = it.text();
                    it.values(name)
                }),
                backfill: None,
                was: None,
                place: None,
            }
        }

        fn item(&mut self) -> IndexItem {
            match self.coin() {
                true => IndexItem::Sql(self.text()),
                false => IndexItem::Column {
                    name: self.text(),
                    is_descending: self.coin(),
                    collation: self.maybe(Self::text),
                },
            }
        }

        fn index(&mut self) -> Index {
            Index {
                name: self.maybe(Self::text),
                items: self.some(3, Self::item),
                is_unique: self.coin(),
                condition: self.maybe(Self::text),
                method: self.maybe(Self::text),
                include: self.texts(),
                was: None,
            }
        }

        fn foreign_key(&mut self) -> ForeignKey {
            const ACTIONS: [Action; 5] =
                [Action::NoAction, Action::Restrict, Action::Cascade, Action::SetNull, Action::SetDefault];
            ForeignKey {
                name: self.maybe(Self::text),
                columns: self.texts(),
                table: self.text(),
                references: self.texts(),
                on_delete: self.of(&ACTIONS),
                on_update: self.of(&ACTIONS),
                deferrable: self.of(&[Deferrable::Not, Deferrable::Immediate, Deferrable::Deferred]),
            }
        }

        fn table(&mut self) -> Table {
            let mut names = self.texts();
            names.sort();
            names.dedup();
            names.reverse();
            Table {
                columns: names.into_iter().map(|name| self.column(name)).collect(),
                primary_key: self.maybe(|it| PrimaryKey { name: it.maybe(Self::text), columns: it.texts() }),
                uniques: self.some(3, |it| Unique {
                    name: it.maybe(Self::text),
                    columns: it.texts(),
                    was: None,
                    is_constraint: it.coin(),
                }),
                indexes: self.some(3, Self::index),
                checks: self.some(3, |it| Check { name: it.maybe(Self::text), expression: it.text() }),
                foreign_keys: self.some(3, Self::foreign_key),
                comment: self.maybe(Self::text),
                options: Options {
                    is_strict: self.coin(),
                    is_without_rowid: self.coin(),
                    engine: self.maybe(Self::text),
                    charset: self.maybe(Self::text),
                },
                knowledge: self.of(&[Knowledge::Whole, Knowledge::Columns]),
                was: None,
                place: None,
            }
        }

        fn schema(&mut self) -> Schema {
            Schema {
                dialect: self.of(&Dialect::ALL),
                tables: self.some(4, |it| (it.text(), it.table())).into_iter().collect(),
                enums: self
                    .some(3, |it| {
                        let (key, name) = (it.text(), it.text());
                        (key, it.values(name))
                    })
                    .into_iter()
                    .collect(),
                views: self.some(2, |it| (it.text(), it.text())).into_iter().collect(),
            }
        }
    }

    /// The parts of a table have no order of their own.
    fn sorted(mut schema: Schema) -> Schema {
        for table in schema.tables.values_mut() {
            table.uniques.sort_by_key(|it| format!("{it:?}"));
            table.indexes.sort_by_key(|it| format!("{it:?}"));
            table.checks.sort_by_key(|it| format!("{it:?}"));
            table.foreign_keys.sort_by_key(|it| format!("{it:?}"));
        }
        schema
    }

    fn lock(schema: &Schema) -> LockFile {
        let revisions = [("a", "1-a"), ("b\"\u{1}", "1-b")].map(|(id, up)| revision(id, up, None));
        LockFile { schema: Some(schema.clone()), models: Some(schema.clone()), ..LockFile::of(&revisions) }
    }

    #[test]
    fn every_schema_is_read_as_it_was_printed() {
        for seed in 0..200 {
            let schema = Chance(seed).schema();
            let text = lock(&schema).render();
            let (read, findings) = LockFile::parse(Path::new(FILE_NAME), &text);
            assert_eq!(findings, [], "seed {seed}\n{text}");
            assert_eq!(sorted(read.schema.clone().expect("a schema")), sorted(schema), "seed {seed}\n{text}");
            assert_eq!(read.render(), text, "seed {seed}");
        }
    }

    /// Whatever a merge makes of the order of lines.
    #[test]
    fn the_order_of_lines_means_nothing_but_for_columns() {
        for seed in 0..50 {
            let text = lock(&Chance(seed).schema()).render();
            let mut lines: Vec<&str> = text.lines().collect();
            lines.reverse();
            let (read, findings) = LockFile::parse(Path::new(FILE_NAME), &lines.join("\n"));
            assert_eq!(findings, [], "seed {seed}");
            let sorted = |text: &str| text.lines().map(str::to_string).collect::<BTreeSet<_>>();
            assert_eq!(sorted(&read.render()), sorted(&text), "seed {seed}");
        }
    }

    #[test]
    fn revisions_are_read_without_the_schemas() {
        for seed in 0..50 {
            let lock = lock(&Chance(seed).schema());
            let revisions = LockFile { schema: None, models: None, ..lock.clone() };
            let text = lock.render();
            assert!(revisions.is_rendered_in(&text), "seed {seed}\n{text}");
            assert_eq!(LockFile::parse_revisions(Path::new(FILE_NAME), &text), (revisions, Vec::new()));
        }
    }

    #[test]
    fn rubbish_among_the_schemas_is_found_without_reading_them() {
        let text = lock(&Chance(7).schema()).render();
        for rubbish in [
            "<<<<<<< ours\n",
            "schema.table.a\n",
            "models.table.a.key = { columns = \n",
            "x\n",
            "schema.dialect = \"mysql\"\n",
        ] {
            let (_, findings) = LockFile::parse_revisions(Path::new(FILE_NAME), &format!("{text}{rubbish}"));
            assert_eq!(findings.len(), 1, "{rubbish}");
        }
    }

    #[test]
    fn rubbish_never_panics() {
        for seed in 0..300 {
            let mut chance = Chance(seed);
            let mut text: Vec<char> = lock(&chance.schema()).render().chars().collect();
            for _ in 0..=chance.below(4) {
                let place = usize::try_from(chance.below(text.len() as u64 + 1)).expect("small");
                match chance.below(3) {
                    0 => text.truncate(place),
                    1 => {
                        let rubbish = chance.of(&['"', '{', '}', '=', '.', '\\', '\n', '7', '\0', 'ä']);
                        text.insert(place, rubbish);
                    }
                    _ => drop(text.drain(place..text.len().min(place + 9))),
                }
            }
            LockFile::parse(Path::new(FILE_NAME), &text.into_iter().collect::<String>());
        }
    }
}
