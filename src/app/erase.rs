//! An admin erases a single post, by its address here or by the one it had before: with its files, and for everybody.

use url::Url;

use super::App;
use crate::{
    model::item::ItemKind,
    port::error::AdapterError,
    site::urls::Meaning,
    store::{audit, letters, redirects},
    transfer::{TransferError, TransferResult, admit},
    words::text,
};

impl App {
    /// Erases it (`by`: the admin's account; nobody for the command line). Its owner is told why, servers that were told
    /// of it are told that it is gone, and an Old home that leads here answers that it is gone. Erasing again changes
    /// nothing.
    ///
    /// # Errors
    /// [`TransferError::Refused`] when there is no such post here, or no reason.
    pub async fn erase_post(&self, address: &str, why: &str, by: Option<&str>) -> TransferResult<()> {
        if !self.config.home.is_built_in() {
            return Err(TransferError::Refused(text!("refusals-erase-with-its-own-tools")));
        }
        let why = admit::said(why, &text!("refusals-say-why-they-read-it"))?;
        let written = address.trim();
        let url = Url::parse(written)
            .map_err(|_| TransferError::Refused(text!("refusals-this-is-no-address", written = written)))?;
        let here = if url.origin() == self.site.urls.base().origin() {
            Some(url.clone())
        } else {
            redirects::brought_from(&self.store, url.as_str()).await?.and_then(|here| Url::parse(&here).ok())
        };
        let nothing = || TransferError::Refused(text!("refusals-no-post-there", address = url.to_string()));
        let Some(Meaning::Thing { kind: ItemKind::Posts, id, .. }) =
            here.and_then(|here| self.site.urls.meaning(&here))
        else {
            return Err(nothing());
        };
        let owner = self.site.erase_post(&id).await.map_err(AdapterError::from)?;
        let owner = owner.ok_or_else(nothing)?;
        let now = self.clock.now_micros();
        letters::about_thing(&self.store, owner.as_str(), (&id, letters::kind::ERASED), why, now).await?;
        let line = audit::AuditRow {
            id: self.clock.id(),
            at: now,
            account_id: by.map(str::to_owned),
            what: "post_erased".to_owned(),
            detail: id,
        };
        Ok(audit::insert(&self.store, line).await?)
    }
}
