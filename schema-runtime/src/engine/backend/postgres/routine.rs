//! What a long run says again and again, prepared once: how each transaction begins, and the rows that it ends with.
//! The server neither parses nor plans them a second time, which is half of what they cost.
//!
//! Only a session of our own remembers. Where it has become somebody else's, or a script has let go of all that was
//! prepared, the name is unknown; then everything is said in full, and the full words find out which of the two it was.

use super::message::{self, Message};
use crate::engine::backend::lease::LOST;
use crate::revision::Script;

/// So many revisions must be left: for fewer it is not worth while.
const WORTH: usize = 8;

/// What the server knows of it.
#[derive(Debug, Default)]
pub(super) enum Routine {
    #[default]
    Unknown,
    /// By this name.
    Taught(String),
    /// It was of no use, or is not any more.
    GivenUp,
}

impl Routine {
    /// Whether it is time to teach it.
    pub(super) fn is_due(&self, left: usize) -> bool {
        matches!(self, Self::Unknown) && left >= WORTH
    }

    pub(super) fn is_taught(&self) -> bool {
        matches!(self, Self::Taught(_))
    }

    /// Prepares a beginning, and an end that takes the numbers `$1` to `$5` and lists what is selected before it.
    pub(super) fn teach(
        &mut self,
        message: &mut Message,
        token: &str,
        [beginning, selected, marked, written]: [&str; 4],
    ) {
        // In every language the server's answer to an unknown name has the name in it.
        let name = format!("{LOST} {token}");
        let uncount = message::unlock("$6");
        message.push(&format!("PREPARE \"{name} 1\" AS {beginning}"));
        message.push(&format!(
            "PREPARE \"{name} 2\" (text, text, text, integer, text, integer) AS \
             WITH restored AS ({selected}, {uncount}), \
             marked AS ({marked}), written AS ({written}) SELECT FROM restored"
        ));
        message.push(&format!("PREPARE \"{name} 3\" (integer) AS {}", message::count_on()));
        *self = Self::Taught(name);
    }

    /// A script with its beginning and its end, where the server knows them.
    pub(super) fn say(&self, message: &mut Message, script: &Script, parameters: &[String; 5]) -> Option<()> {
        let Self::Taught(name) = self else { return None };
        message.beginning_as_known(&format!("EXECUTE \"{name} 1\""), format!("\"{name} 3\""));
        message.script(script);
        let (parameters, count) = (parameters.join(", "), message.count());
        message.push(&format!("EXECUTE \"{name} 2\"({parameters}, {count})"));
        Some(())
    }

    /// A whole transaction, whose statements are not counted: one of several in a message.
    pub(super) fn line(&self, script: &Script, parameters: &[String; 5]) -> Option<String> {
        let Self::Taught(name) = self else { return None };
        let statements: Vec<&str> =
            script.statements.iter().flat_map(|statement| [script.sql(statement), ";\n"]).collect();
        Some(format!(
            "BEGIN;\nEXECUTE \"{name} 1\";\n{}EXECUTE \"{name} 2\"({}, 1);\nCOMMIT;\n",
            statements.concat(),
            parameters.join(", ")
        ))
    }

    /// What has the server forget it, if it knows it.
    pub(super) fn unteach(&mut self) -> String {
        match std::mem::replace(self, Self::GivenUp) {
            Self::Taught(name) => {
                let forget = |number| format!("DEALLOCATE \"{name} {number}\"");
                [1, 2, 3].map(forget).join("; ")
            }
            Self::Unknown | Self::GivenUp => String::new(),
        }
    }

    /// It is of no use any more.
    pub(super) fn give_up(&mut self) {
        *self = Self::GivenUp;
    }
}
