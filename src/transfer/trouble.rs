//! What a person is told of a step that did not go through: what was being done, the cause, whose side it is on, and
//! what happens next. The exact words of the code go to the log and never to a page.

use super::{TransferError, kinds, status::old_actor};
use crate::{
    model::{
        actor::authority,
        collection::CollectionKind,
        transfer::{Transfer, TransferState as S},
    },
    port::error::{AdapterError, Cause},
    words::text,
};

/// What happens after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is tried again soon, by itself.
    Soon,
    /// It is tried again in an hour, by itself.
    InAnHour,
    /// It stands still until its owner says so.
    Stopped,
    /// The next look of a trial does it: once a day, or when its owner asks.
    LooksAgain,
    /// It is as it was before its owner asked for this.
    AsBefore,
}

/// Who is on both homes of a transfer.
pub struct Homes<'a> {
    /// Host name of Old home; none for a file.
    pub old: Option<String>,
    /// Host name of this server.
    pub here: &'a str,
}

impl<'a> Homes<'a> {
    /// Those of a transfer.
    pub fn of(transfer: &Transfer, here: &'a str) -> Self {
        Self { old: old_actor(transfer).map(authority), here }
    }

    fn old(&self) -> String {
        self.old.clone().unwrap_or_else(|| text!("transfers-old-home"))
    }
}

/// The sentences about a failed step of a transfer.
pub fn told(
    transfer: &Transfer,
    here: &str,
    of: Option<CollectionKind>,
    error: &TransferError,
    next: Next,
) -> String {
    let homes = Homes::of(transfer, here);
    let (cause, is_here) = match error {
        // Refusals are sentences already, from the texts like these.
        TransferError::Refused(why) => return why.clone(),
        TransferError::During(_, error) => return told(transfer, here, of, error, next),
        TransferError::Adapter(AdapterError::Fatal { why, cause: Cause::File, .. }) => {
            return text!("trouble-file", why = why);
        }
        TransferError::Adapter(error) => (error.cause(), is_done_here(transfer.state)),
        TransferError::Store(_) => (Cause::Database, true),
    };
    let doing = doing(transfer.state, of);
    let said = sentence_of(cause, &homes, is_here);
    text!("trouble-told", doing = doing, cause = said, next = after(next, cause, &homes))
}

/// The cause and its side alone, of something that was asked of Old home.
pub fn why(transfer: &Transfer, here: &str, error: &TransferError) -> String {
    let homes = Homes::of(transfer, here);
    match error {
        TransferError::Refused(why) => why.clone(),
        TransferError::During(_, error) => self::why(transfer, here, error),
        TransferError::Adapter(error) => sentence_of(error.cause(), &homes, false),
        TransferError::Store(_) => sentence_of(Cause::Database, &homes, true),
    }
}

/// The cause and its side alone, of something that somebody has just asked of `host`.
pub fn cause(error: &AdapterError, host: &str) -> String {
    let here = text!("trouble-this-server");
    let homes = Homes { old: Some(host.to_owned()), here: &here };
    sentence_of(error.cause(), &homes, false)
}

/// As [`cause`], with the exact words that it leaves out. What is known no further was written for people and is told as
/// it is.
pub fn plain(error: &AdapterError, host: &str) -> (String, Option<String>) {
    match error {
        AdapterError::Fatal { why, cause: Cause::Unknown | Cause::File, .. } => (why.clone(), None),
        other => (cause(other, host), Some(other.to_string())),
    }
}

/// Whether what fails without a known cause in this state fails here.
fn is_done_here(state: S) -> bool {
    matches!(state, S::Planned | S::Importing | S::Verifying | S::Keeping | S::Discarding)
}

/// What was being done.
fn doing(state: S, of: Option<CollectionKind>) -> String {
    match (state, of) {
        (S::Fetching, Some(kind)) => text!("trouble-while-copying-these", what = kinds::name_of_list(kind)),
        (S::Fetching, None) => text!("trouble-while-copying"),
        (S::Planned | S::Importing, _) => text!("trouble-while-putting-in-place"),
        (S::Verifying, _) => text!("trouble-while-counting"),
        (S::Trial | S::Looking, _) => text!("trouble-while-looking-for-what-is-new"),
        (S::Keeping, _) => text!("trouble-while-making-visible"),
        (S::HandingOver, _) => text!("trouble-while-handing-over"),
        (S::AwaitingAnnouncement, _) => text!("trouble-while-asking-how-far"),
        (S::Discarding, _) => text!("trouble-while-throwing-away"),
        (S::Removing, _) => text!("trouble-while-removing"),
        _ => text!("trouble-while-looking-at-the-account"),
    }
}

/// The cause, and whose side it is on.
fn sentence_of(cause: Cause, homes: &Homes<'_>, is_here: bool) -> String {
    let (old, here) = (homes.old(), homes.here);
    match cause {
        Cause::Silent => text!("trouble-silent", who = old),
        Cause::Strained => text!("trouble-strained", who = old),
        Cause::Denied => text!("trouble-denied", who = old),
        Cause::Forbidden => text!("trouble-forbidden", who = old),
        Cause::Missing => text!("trouble-missing", who = old),
        Cause::Nonsense => text!("trouble-nonsense", who = old, here = here),
        Cause::Astray => text!("trouble-astray", who = old, here = here),
        Cause::Disk => text!("trouble-disk", here = here),
        Cause::Database => text!("trouble-database", here = here),
        Cause::Scanner => text!("trouble-scanner", here = here),
        Cause::Beside => text!("trouble-beside", here = here),
        Cause::Unknown | Cause::File if is_here => text!("trouble-unknown", who = here),
        Cause::Unknown | Cause::File => text!("trouble-unknown", who = old),
    }
}

/// What happens next, and who can do what.
fn after(next: Next, cause: Cause, homes: &Homes<'_>) -> String {
    let (old, here) = (homes.old(), homes.here);
    match next {
        Next::Soon => text!("trouble-tried-again-soon"),
        Next::InAnHour => text!("trouble-tried-again-in-an-hour", here = here),
        Next::Stopped if cause == Cause::Denied => text!("trouble-sign-in-there-again", old = old),
        Next::Stopped => text!("trouble-stopped", here = here),
        Next::LooksAgain => text!("trouble-looked-at-again"),
        Next::AsBefore => text!("trouble-as-before"),
    }
}

#[cfg(test)]
mod tests;
