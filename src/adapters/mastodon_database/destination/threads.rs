//! What the rows of a batch have from their places among each other: an answer stands in its parent's thread. Threads
//! and polls that begin with the batch get numbers of the server's sequences.

use std::{collections::BTreeMap, vec};

use sqlx::PgConnection;

use super::{draft::Draft, reserve};
use crate::{adapters::mastodon_database::place::Named, port::error::AdapterError};

/// Numbers for a batch, and the threads that its posts stand in.
pub(super) struct Numbers {
    polls: vec::IntoIter<i64>,
    threads: vec::IntoIter<i64>,
    /// By the post: its thread, and whom it answers.
    within: BTreeMap<i64, (i64, i64)>,
}

impl Numbers {
    /// For so many polls and as many threads at most.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the database does not answer.
    pub(super) async fn of(c: &mut PgConnection, polls: usize, threads: usize) -> Result<Self, AdapterError> {
        Ok(Self {
            polls: reserve::numbers(c, "polls", polls).await?.into_iter(),
            threads: reserve::numbers(c, "conversations", threads).await?.into_iter(),
            within: BTreeMap::new(),
        })
    }

    /// Gives them to drafts that have no thread or number yet. They come in the order of their ids, within a portion and
    /// from one to the next: an answer stands behind what it answers.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when there are too few: nothing may be written under a number that is no one's.
    pub(super) fn give<'d>(
        &mut self,
        account: &Named,
        drafts: impl Iterator<Item = &'d mut Draft>,
    ) -> Result<(), AdapterError> {
        let none = || AdapterError::fatal("numbering a batch", "the server's database gave too few numbers");
        for draft in drafts {
            let status = &mut draft.status;
            if let Some((thread, answers)) = draft.detail.parent.and_then(|id| self.within.get(&id)) {
                status.parent = draft.detail.parent.take().map(|id| (id, *answers));
                status.conversation = *thread;
            }
            if status.conversation == 0 {
                status.conversation = self.threads.next().ok_or_else(none)?;
                draft.detail.begins_thread = true;
            }
            if let Some((id, _)) = &mut status.poll {
                *id = self.polls.next().ok_or_else(none)?;
            }
            let answers = status.parent.map_or(account.id, |(_, account)| account);
            self.within.insert(status.id, (status.conversation, answers));
        }
        Ok(())
    }

    /// Forgets a post that does not stand: what answers it answers nothing that is here.
    pub(super) fn forget(&mut self, id: i64) {
        self.within.remove(&id);
    }
}
