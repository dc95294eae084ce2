//! What the rows of a batch have from their places among each other: an answer stands in its parent's thread. Threads
//! and polls that begin with the batch get numbers of the server's sequences.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::{draft::Draft, reserve};
use crate::{adapters::mastodon_database::place::Named, port::error::AdapterError};

/// Numbers for a batch.
pub(super) struct Numbers {
    polls: Vec<i64>,
    threads: Vec<i64>,
}

impl Numbers {
    /// For so many polls and as many threads at most.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the database does not answer.
    pub(super) async fn of(c: &mut PgConnection, polls: usize, threads: usize) -> Result<Self, AdapterError> {
        Ok(Self {
            polls: reserve::numbers(c, "polls", polls).await?,
            threads: reserve::numbers(c, "conversations", threads).await?,
        })
    }

    /// Gives them to the drafts of a batch that have no thread or number yet.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when there are too few: nothing may be written under a number that is no one's.
    pub(super) fn give(self, account: &Named, drafts: &mut [&mut Draft]) -> Result<(), AdapterError> {
        let none = || AdapterError::fatal("numbering a batch", "the server's database gave too few numbers");
        let (mut polls, mut threads) = (self.polls.into_iter(), self.threads.into_iter());
        drafts.sort_by_key(|draft| draft.status.id);
        let mut within: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for draft in drafts.iter_mut() {
            let status = &mut draft.status;
            if let Some((thread, answers)) = draft.detail.parent.and_then(|id| within.get(&id)) {
                status.parent = draft.detail.parent.take().map(|id| (id, *answers));
                status.conversation = *thread;
            }
            if status.conversation == 0 {
                status.conversation = threads.next().ok_or_else(none)?;
                draft.detail.begins_thread = true;
            }
            if let Some((id, _)) = &mut status.poll {
                *id = polls.next().ok_or_else(none)?;
            }
            let answers = status.parent.map_or(account.id, |(_, account)| account);
            within.insert(status.id, (status.conversation, answers));
        }
        Ok(())
    }
}
