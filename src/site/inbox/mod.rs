//! What other servers tell us, after their signature was found good.
//!
//! Hearing the same twice does the same as hearing it once; what we do not understand is taken
//! politely and forgotten.

use serde_json::Value;
use url::Url;

use super::{Site, SiteResult, accounts::Account, urls::Meaning};
use crate::{
    model::actor::Actor,
    port::remote::Remote,
    wire::lenient::{self, is_type},
};

mod moves;
mod posts;
mod relations;

#[cfg(test)]
mod tests;

/// What became of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It was acted upon.
    Done,
    /// It does not concern us; the sentence is for the log.
    Ignored(String),
    /// Its sender may not say this; the sentence goes back.
    Refused(String),
    /// Another server is needed that does not answer now; the sender should repeat it later.
    Later(String),
}

impl Received {
    fn ignored(why: &str) -> Self {
        Self::Ignored(why.to_owned())
    }

    fn refused(why: &str) -> Self {
        Self::Refused(why.to_owned())
    }
}

impl Site {
    /// Takes an activity that `actor` has signed.
    ///
    /// # Errors
    /// [`super::SiteError`] when we ourselves cannot act; the sender should repeat it later.
    pub async fn receive(
        &self,
        remote: &dyn Remote,
        actor: &Actor,
        activity: &Value,
    ) -> SiteResult<Received> {
        let said_by = lenient::field(activity, "actor").find_map(lenient::id);
        if said_by != Some(actor.id.as_str()) {
            return Ok(Received::refused("the activity's actor is not the one that signed the request"));
        }
        let Some(id) = lenient::text(activity, "id").and_then(|id| lenient::web_url(&id)) else {
            return Ok(Received::refused("the activity has no id that is a web address"));
        };
        if id.origin() != actor.id.origin() {
            return Ok(Received::refused("the activity's id belongs to another server than its actor"));
        }
        let kinds = ["Follow", "Undo", "Accept", "Reject", "Create", "Update", "Delete", "Move", "Block"];
        match kinds.into_iter().find(|kind| is_type(activity, kind)) {
            Some("Follow") => self.hear_follow(actor, &id, activity).await,
            Some("Undo") => self.hear_undo(actor, activity).await,
            Some("Accept") => self.hear_answer(actor, activity, true).await,
            Some("Reject") => self.hear_answer(actor, activity, false).await,
            Some("Create") => self.hear_create(actor, &id, activity).await,
            Some("Update") => self.hear_update(remote, actor, activity).await,
            Some("Delete") => self.hear_delete(actor, activity).await,
            Some("Block") => self.hear_block(actor, activity, true).await,
            Some("Move") => self.hear_move(remote, actor, activity).await,
            _ => Ok(Received::ignored("nothing is done about activities of this type")),
        }
    }

    /// The account of ours whose actor id this is, to the letter.
    async fn local_account(&self, actor: &Url) -> SiteResult<Option<Account>> {
        let Some(Meaning::Actor(username)) = self.urls.meaning(actor) else {
            return Ok(None);
        };
        let account = self.public_account(&username).await?;
        Ok(account.filter(|account| self.urls.actor(&account.username) == *actor))
    }
}

/// The address of what an activity is about.
fn object_id(activity: &Value) -> Option<Url> {
    lenient::field(activity, "object").find_map(lenient::id).and_then(lenient::web_url)
}
