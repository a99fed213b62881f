//! What a long run says again and again, prepared once: how each transaction begins, and the rows that it ends with.
//! The server neither parses nor plans them a second time, which is half of what they cost.
//!
//! Only a session of our own remembers. Where it has become somebody else's, or a script has let go of all that was
//! prepared, the name is unknown; then everything is said in full, and the full words find out which of the two it was.

use super::message::{self, Message};
use crate::engine::backend::lease::LOST;
use crate::engine::session::Session;
use crate::revision::Script;

/// So many revisions must be left: fewer are not worth two more messages.
const WORTH: usize = 8;

/// What the server knows of it.
#[derive(Debug, Default)]
pub(super) enum Routine {
    #[default]
    Unknown,
    /// By this name.
    Prepared(String),
    /// It was of no use.
    GivenUp,
}

impl Routine {
    /// Whether it is time to prepare it.
    pub(super) fn is_due(&self, left: usize) -> bool {
        matches!(self, Self::Unknown) && left >= WORTH
    }

    /// Prepares a beginning, and an end that takes the numbers `$1` to `$5` and lists what is selected before it.
    pub(super) fn prepare(
        &mut self,
        session: &mut dyn Session,
        token: &str,
        [beginning, selected, marked, written]: [&str; 4],
    ) {
        // In every language the server's answer to an unknown name has the name in it.
        let name = format!("{LOST} {token}");
        let uncount = message::unlock("$6");
        let ran = session.execute(&format!(
            "PREPARE \"{name} 1\" AS {beginning};\n\
             PREPARE \"{name} 2\" (text, text, text, integer, text, integer) AS \
             WITH restored AS ({selected}, {uncount}), \
             marked AS ({marked}), written AS ({written}) SELECT FROM restored"
        ));
        *self = if ran.is_ok() { Self::Prepared(name) } else { Self::GivenUp };
    }

    /// A revision in these words, where the server knows them.
    pub(super) fn message(&self, script: &Script, parameters: &[String; 5]) -> Option<Message> {
        let Self::Prepared(name) = self else { return None };
        let mut message = Message::default();
        message.push("BEGIN");
        message.beginning(&format!("EXECUTE \"{name} 1\""));
        message.script(script);
        let (parameters, count) = (parameters.join(", "), message.count());
        message.push(&format!("EXECUTE \"{name} 2\"({parameters}, {count})"));
        message.push("COMMIT");
        Some(message)
    }

    /// It is of no use any more.
    pub(super) fn give_up(&mut self) {
        *self = Self::GivenUp;
    }

    /// The session forgets it.
    pub(super) fn forget(&mut self, session: &mut dyn Session) {
        if let Self::Prepared(name) = std::mem::take(self) {
            // A name that is unknown by now is as good as forgotten.
            let _ = session.execute(&format!("DEALLOCATE \"{name} 1\"; DEALLOCATE \"{name} 2\""));
        }
    }
}
