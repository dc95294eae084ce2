//! What Old home states about an account, read and checked; single items by their key.
//!
//! Nothing here is believed for being said: the signature must fit the key that the account's own
//! server publishes, and the statement must be about this account and this pass.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::{LolaSource, unreadable};
use crate::{
    model::{
        collection::{CollectionKind, Cursor, Page},
        id::ItemKey,
        inventory::{Entry, Inventory, LONGEST_KEY, MOST_BITS, Tally},
        item::ItemKind,
    },
    port::{
        error::{AdapterError, Cause},
        lookup,
        remote::{Request, Response},
        source::{EntriesWanted, EntryPage, Stated, Statement},
    },
    wire::{self, seal::Sealed},
    words::text,
};

/// The name under which an actor shows where its inventories are.
const NAME: &str = "godwit:inventory";
/// Questions in a row whose answers counted nothing: long stretches may hold nothing the consent covers.
const MOST_STANDSTILLS: u32 = 1_000;
/// Questions for one inventory at most.
const MOST_QUESTIONS: u32 = 100_000;

/// Counting has not come to its end.
#[derive(serde::Deserialize)]
struct Counting {
    counted: u64,
}

/// Some lines, as they are answered.
#[derive(serde::Deserialize)]
struct Lines {
    entries: Vec<Entry>,
    next: Option<String>,
}

impl LolaSource {
    /// Where this account's inventories are; `None` where Old home has none.
    fn inventories(&self) -> Option<&Url> {
        self.actor.portability.get(NAME).filter(|url| url.origin() == self.actor.id.origin())
    }

    fn inventory_at(&self, last: &[&str], doing: &str) -> Result<Url, AdapterError> {
        let missing = || AdapterError::fatal(doing, "Old home does not offer this").because(Cause::Missing);
        let mut url = self.inventories().cloned().ok_or_else(missing)?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(last);
        }
        Ok(url)
    }

    async fn ask(&self, url: Url, question: &Value, doing: &str) -> Result<Response, AdapterError> {
        self.send(Request::post_json(url, question).signed(self.signer.clone()), doing).await
    }

    pub(super) async fn stated(&self, pass: u32) -> Result<Statement, AdapterError> {
        let doing = "asking Old home what it has";
        if self.inventories().is_none() {
            return Ok(Statement::Silent);
        }
        let (url, mut counted, mut stood_still) = (self.inventory_at(&[], doing)?, 0, 0);
        for _ in 0..MOST_QUESTIONS {
            let response = self.ask(url.clone(), &json!({"pass": pass}), doing).await?;
            if response.status == 200 {
                let document: Sealed = read(response, doing).await?;
                return self.checked(pass, document).await;
            }
            let now: Counting = read(response, doing).await?;
            stood_still = if now.counted > counted { 0 } else { stood_still + 1 };
            if stood_still > MOST_STANDSTILLS {
                return Err(
                    AdapterError::fatal(doing, "Old home counts without getting on").because(Cause::Nonsense)
                );
            }
            counted = now.counted;
        }
        Err(AdapterError::fatal(doing, "Old home does not come to an end of counting")
            .because(Cause::Nonsense))
    }

    /// Believes a statement only with the key its server publishes at the address of its own actor.
    async fn checked(&self, pass: u32, document: Sealed) -> Result<Statement, AdapterError> {
        let unbelieved = |why: String| {
            Ok(Statement::Unbelieved(text!("reasons-what-it-states-is-not-believed", why = why)))
        };
        let key_id = wire::lenient::web_url(&document.signature.key_id);
        let Some(mut host) = key_id.filter(|url| url.origin() == self.actor.id.origin()) else {
            return unbelieved(text!("reasons-signed-by-another-server"));
        };
        host.set_fragment(None);
        let (host, _) = lookup::actor(&*self.remote, &self.signer, &host, None).await?;
        let key = host.public_key.filter(|key| {
            key.id == document.signature.key_id && key.owner == host.id.as_str() && host.kind == "Application"
        });
        let Some(key) = key else { return unbelieved(text!("reasons-the-key-is-not-that-servers")) };
        if let Err(why) = document.check(&key.pem) {
            return unbelieved(why);
        }
        let Some(inventory) = understood(document.statement.clone()) else {
            return unbelieved(text!("reasons-it-is-not-understood"));
        };
        if inventory.actor != self.actor.id || inventory.pass != pass {
            return unbelieved(text!("reasons-about-another-account-or-time"));
        }
        Ok(Statement::Signed(Box::new(Stated { inventory, document, key_pem: key.pem })))
    }

    pub(super) async fn tally(&self, pass: u32, kind: ItemKind) -> Result<Tally, AdapterError> {
        let doing = "comparing with Old home";
        let url = self.inventory_at(&[&pass.to_string(), kind.as_str()], doing)?;
        let tally: Tally = read(self.get(&url, doing).await?, doing).await?;
        if !tally.is_sound() {
            return Err(
                AdapterError::fatal(doing, "Old home's buckets make no sense").because(Cause::Nonsense)
            );
        }
        Ok(tally)
    }

    pub(super) async fn lines(
        &self,
        wanted: &EntriesWanted,
        cursor: Option<&Cursor>,
    ) -> Result<EntryPage, AdapterError> {
        let doing = "comparing with Old home";
        let question = json!({
            "kind": wanted.kind, "bits": wanted.bits, "buckets": wanted.buckets,
            "cursor": cursor.map(|cursor| &cursor.0),
        });
        let lines: Lines =
            read(self.ask(self.inventory_at(&["entries"], doing)?, &question, doing).await?, doing).await?;
        if lines.entries.iter().any(|entry| entry.key.as_str().len() > LONGEST_KEY) {
            return Err(AdapterError::fatal(doing, "Old home lists a key that is longer than any address")
                .because(Cause::Nonsense));
        }
        Ok(EntryPage { entries: lines.entries, next: lines.next.map(Cursor) })
    }

    pub(super) async fn picked(
        &self,
        collection: CollectionKind,
        keys: &[ItemKey],
    ) -> Result<Page, AdapterError> {
        let doing = format!("reading single {}", collection.as_str());
        let question = json!({"collection": collection, "keys": keys});
        let response = self.ask(self.inventory_at(&["items"], &doing)?, &question, &doing).await?;
        let document: Value = response.json().await.map_err(|error| error.into_adapter(&doing))?;
        let wanted: BTreeSet<&ItemKey> = keys.iter().collect();
        let mut page = Page::default();
        for value in wire::collection::read(document).items {
            match self.item(collection, &value) {
                Ok(Some(item)) if wanted.contains(&item.key()) => page.items.push(item),
                Ok(_) => {}
                Err(why) => page.lose(unreadable(collection, &value, why), &value.to_string()),
            }
        }
        page.unreadable.retain(|lost| wanted.contains(&ItemKey::from(lost.key.as_str())));
        Ok(page)
    }
}

/// An inventory; kinds that this version does not know are not compared.
fn understood(mut statement: Value) -> Option<Inventory> {
    let kinds = statement.get_mut("kinds")?.as_object_mut()?;
    kinds.retain(|name, _| ItemKind::from_word(name).is_some());
    let inventory: Inventory = serde_json::from_value(statement).ok()?;
    inventory.kinds.values().all(|kind| kind.bits <= MOST_BITS).then_some(inventory)
}

async fn read<T: DeserializeOwned>(response: Response, doing: &str) -> Result<T, AdapterError> {
    let value = response.json().await.map_err(|error| error.into_adapter(doing))?;
    serde_json::from_value(value).map_err(|error| {
        AdapterError::fatal(doing, format!("Old home's answer is not understood: {error}"))
            .because(Cause::Nonsense)
    })
}

#[cfg(test)]
mod tests;
