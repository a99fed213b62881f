//! A migration's SQL while it is being made: statements in groups, each with the words above it. Knows no engine.

/// One way of a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) groups: Vec<Group>,
    /// SQLite's foreign keys must be off before the transaction begins.
    pub(crate) needs_foreign_keys_off: bool,
}

/// Statements that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// Comment lines, without the dashes.
    pub(crate) comments: Vec<String>,
    /// Without terminators.
    pub(crate) statements: Vec<String>,
}

impl Script {
    /// Adds a group, unless it is empty.
    pub(crate) fn push(&mut self, group: Group) {
        if !group.statements.is_empty() || !group.comments.is_empty() {
            self.groups.push(group);
        }
    }

    /// Puts another script behind it.
    pub(crate) fn extend(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.needs_foreign_keys_off |= other.needs_foreign_keys_off;
    }

    /// All statements.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|group| group.statements.iter().map(String::as_str))
    }

    /// The file's text without its heading: groups apart, one-line statements close together.
    pub(crate) fn text(&self) -> String {
        self.groups.iter().map(Group::text).collect::<Vec<_>>().join("\n")
    }
}

impl Group {
    /// A group without a word.
    pub(crate) fn of(statements: Vec<String>) -> Self {
        Self { comments: Vec::new(), statements }
    }

    /// With a comment line above it.
    #[must_use]
    pub(crate) fn comment(mut self, line: impl Into<String>) -> Self {
        self.comments.push(line.into());
        self
    }

    fn text(&self) -> String {
        // A name or an expression in it may hold a line break, which would end the comment.
        let line = |comment: &String| format!("-- {}\n", comment.replace(char::is_control, " "));
        let mut text: String = self.comments.iter().map(line).collect();
        let mut was_long = false;
        for (position, statement) in self.statements.iter().enumerate() {
            let is_long = statement.contains('\n');
            if position > 0 && (is_long || was_long) {
                text.push('\n');
            }
            text.push_str(&format!("{statement};\n"));
            was_long = is_long;
        }
        text
    }
}
