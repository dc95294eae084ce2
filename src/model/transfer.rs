//! A transfer and the table of its legal steps.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    ending::Ending,
    id::{AccountId, TransferId},
};

/// Declares states with their words, so that storage, JSON and drawing cannot drift apart.
macro_rules! states {
    (
        $(#[$about:meta])* $of:ident { $($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)? }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $of { $($(#[$doc])* $name),+ }

        impl $of {
            /// All of them, in the order they are met.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word used in storage and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// Reads the word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

pub(super) use states;

states! {
    /// Where a transfer stands.
    TransferState {
        /// The person is at the source, being asked.
        AwaitingConsent = "awaiting_consent",
        /// The source named another actor than the one typed; the person must confirm.
        AwaitingConfirmation = "awaiting_confirmation",
        /// Counts and a sample are read.
        Surveying = "surveying",
        /// The owner looks at what there is and chooses what comes.
        AwaitingChoice = "awaiting_choice",
        /// The admins' rules want somebody to look first; nothing is read meanwhile.
        AwaitingApproval = "awaiting_approval",
        /// Pages and files are read.
        Fetching = "fetching",
        /// What would be written is known.
        Planned = "planned",
        /// Items are written, visible to their owner only.
        Importing = "importing",
        /// Both sides are counted.
        Verifying = "verifying",
        /// The copy can be looked at, kept, announced or thrown away.
        Trial = "trial",
        /// The owner said keep or announce; before, one last look at the source.
        Looking = "looking",
        /// The owner said keep; the copy is being made visible.
        Keeping = "keeping",
        /// The copy is visible; nothing was announced.
        Kept = "kept",
        /// Copy visible, alias set; the map is being handed over.
        HandingOver = "handing_over",
        /// The map is at the source; the owner's last word is spoken there.
        AwaitingAnnouncement = "awaiting_announcement",
        /// The source has announced.
        Done = "done",
        /// Something needs a person; `problem` says what.
        Failed = "failed",
        /// The copy is being taken back.
        Discarding = "discarding",
        /// Nothing of it is left but this row.
        Discarded = "discarded",
        /// What came is taken away again after it was visible.
        Removing = "removing",
        /// What came is gone; what stood open left tombstones.
        Removed = "removed",
    }
}

impl TransferState {
    /// Whether a transfer may go from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        use TransferState as S;
        match self {
            S::AwaitingConsent => {
                matches!(next, S::AwaitingConfirmation | S::Surveying | S::Failed | S::Discarded)
            }
            S::AwaitingConfirmation => matches!(next, S::Surveying | S::Failed | S::Discarding),
            S::Surveying => matches!(
                next,
                S::AwaitingChoice | S::AwaitingApproval | S::Fetching | S::Failed | S::Discarding
            ),
            S::AwaitingChoice => matches!(next, S::AwaitingApproval | S::Fetching | S::Discarding),
            S::AwaitingApproval => matches!(next, S::Fetching | S::Discarding),
            S::Fetching => matches!(next, S::Planned | S::Failed | S::Discarding),
            S::Planned => matches!(next, S::Importing | S::Failed | S::Discarding),
            S::Importing => matches!(next, S::Verifying | S::Failed | S::Discarding),
            S::Verifying => matches!(next, S::Trial | S::Failed | S::Discarding),
            S::Trial => matches!(next, S::Looking | S::Keeping | S::HandingOver | S::Discarding),
            S::Looking => matches!(next, S::Trial | S::Keeping | S::HandingOver | S::Discarding),
            S::Keeping => matches!(next, S::Kept),
            S::Kept => matches!(next, S::HandingOver | S::Removing),
            S::HandingOver => matches!(next, S::AwaitingAnnouncement | S::Kept),
            S::AwaitingAnnouncement => matches!(next, S::Done | S::HandingOver | S::Removing),
            S::Failed => matches!(
                next,
                S::Surveying | S::Fetching | S::Planned | S::Importing | S::Verifying | S::Discarding
            ),
            S::Discarding => matches!(next, S::Discarded),
            S::Done => matches!(next, S::Removing),
            S::Removing => matches!(next, S::Removed),
            S::Discarded | S::Removed => false,
        }
    }

    /// Whether the engine has work to do without a person.
    pub fn is_running(self) -> bool {
        use TransferState as S;
        matches!(
            self,
            S::Surveying
                | S::Fetching
                | S::Planned
                | S::Importing
                | S::Verifying
                | S::Looking
                | S::Keeping
                | S::HandingOver
                | S::Discarding
                | S::Removing
        )
    }

    /// Whether the queue looks after it: it works, asks from time to time how Old home stands, or
    /// looks around while the person reads, or ends what nobody answered.
    pub fn is_looked_after(self) -> bool {
        self.is_running()
            || matches!(
                self,
                Self::Trial | Self::AwaitingAnnouncement | Self::AwaitingChoice | Self::AwaitingApproval
            )
    }

    /// Whether the copy may be taken back without anybody having seen it.
    pub fn can_discard(self) -> bool {
        self.may_become(Self::Discarding) || self.may_become(Self::Discarded)
    }
}

/// Where the data of a transfer comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum Origin {
    /// A live server that speaks LOLA.
    Live {
        /// The actor to be copied.
        actor: Url,
    },
    /// A live server on which nothing of ours runs, read through the interface every client uses.
    ClientApi {
        /// The actor to be copied.
        actor: Url,
        /// What runs there, name and version.
        software: String,
        /// The server's own page where the owner moves their followers on.
        move_page: Option<Url>,
        /// What that software does not give out, in sentences.
        #[serde(default)]
        lacks: Vec<String>,
    },
    /// A file given by an admin or the person.
    Archive {
        /// Where the file lies on this machine.
        path: String,
        /// Where files or directories of lists lie that belong to it.
        #[serde(default)]
        beside: Vec<String>,
    },
}

impl Origin {
    /// The actor that is copied, where a live server was asked for it.
    pub fn actor(&self) -> Option<&Url> {
        match self {
            Self::Live { actor } | Self::ClientApi { actor, .. } => Some(actor),
            Self::Archive { .. } => None,
        }
    }

    /// The same with another actor; a file has none.
    #[must_use]
    pub fn of(self, actor: Url) -> Self {
        match self {
            Self::Live { .. } => Self::Live { actor },
            Self::ClientApi { software, move_page, lacks, .. } => {
                Self::ClientApi { actor, software, move_page, lacks }
            }
            file @ Self::Archive { .. } => file,
        }
    }

    /// Whether Old home speaks with us as one home with another: it can take addresses and announce.
    pub fn is_home(&self) -> bool {
        matches!(self, Self::Live { .. })
    }
}

/// One account copied from one source to one destination; the long-lived record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// The account at this host that receives the copy.
    pub account: AccountId,
    /// What the person typed, or the archive's name.
    pub asked_for: String,
    /// Where the data comes from.
    pub origin: Origin,
    /// Where it stands.
    pub state: TransferState,
    /// Why it failed or what it waits for; a sentence for the person.
    pub problem: Option<String>,
    /// State to go back to after a failure was mended.
    pub resume_at: Option<TransferState>,
    /// How it ends, once that is decided.
    pub ending: Option<Ending>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_word_reads_back() {
        for state in TransferState::ALL {
            assert_eq!(TransferState::from_word(state.as_str()), Some(*state));
        }
    }

    #[test]
    fn nothing_leaves_the_final_states() {
        for state in TransferState::ALL {
            assert!(!TransferState::Discarded.may_become(*state));
            assert!(!TransferState::Removed.may_become(*state));
            let is_removed = *state == TransferState::Removing;
            assert_eq!(TransferState::Done.may_become(*state), is_removed, "{}", state.as_str());
        }
    }

    #[test]
    fn what_has_become_public_cannot_be_discarded_without_trace() {
        for state in
            [TransferState::Keeping, TransferState::Kept, TransferState::HandingOver, TransferState::Done]
        {
            assert!(!state.can_discard(), "{}", state.as_str());
        }
    }

    #[test]
    fn every_running_state_has_a_way_on_and_a_way_out() {
        for state in TransferState::ALL.iter().filter(|s| s.is_running()) {
            assert!(TransferState::ALL.iter().any(|next| state.may_become(*next)), "{}", state.as_str());
        }
    }
}
