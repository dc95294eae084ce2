//! A home's own reading, served over HTTP and read by the other home, is the same reading; and what
//! the other home makes of it is the same account under new addresses.

use std::sync::Arc;

use async_trait::async_trait;
use godwit::{
    model::{
        collection::CollectionKind,
        item::{Item, ItemKind},
        login::Login,
        transfer::Transfer,
    },
    port::{error::AdapterError, source::Source},
    store::url_map,
    transfer::{engine::Sources, trial},
};

use super::openings::{Stage, copied, walk};

/// Always the same source.
pub struct Given(pub Arc<dyn Source>);

#[async_trait]
impl Sources for Given {
    async fn open(&self, _: &Transfer, _: Option<&Login>) -> Result<Arc<dyn Source>, AdapterError> {
        Ok(Arc::clone(&self.0))
    }
}

#[actix_web::test]
async fn what_is_read_over_http_is_what_is_read_beside_the_server() {
    let stage = Stage::set().await;
    agree(&*stage.beside(true).await, &*stage.over_http().await).await;
    let Some(beside) = &stage.beside else { return };
    agree(&*beside.source(true).await, &*beside.over_http().await).await;
    beside.number_the_accounts().await;
    agree(&*beside.source(true).await, &*beside.over_http().await).await;
}

/// The same account, twice.
async fn agree(beside: &dyn Source, over_http: &dyn Source) {
    assert_eq!(beside.actor(), over_http.actor());
    assert_eq!(beside.collections(), over_http.collections());
    assert_eq!(beside.profile().await.unwrap(), over_http.profile().await.unwrap());
    for kind in CollectionKind::ALL {
        assert_eq!(
            beside.count(kind).await.unwrap(),
            over_http.count(kind).await.unwrap(),
            "{}",
            kind.as_str()
        );
        let (here, there) = (walk(beside, kind, None, 100).await, walk(over_http, kind, None, 100).await);
        assert_eq!(there.unreadable, []);
        assert_eq!(here.items.len(), there.items.len(), "{}", kind.as_str());
        for (here, there) in here.items.iter().zip(&there.items) {
            assert_eq!(here, there, "{}", kind.as_str());
        }
    }
}

#[actix_web::test]
async fn what_arrives_over_http_is_the_same_account_under_new_addresses() {
    let stage = Stage::set().await;
    let (old, new) = (&stage.old, &stage.new);
    let eve = new.account("eve").await;
    let id = copied(new, &eve, Given(stage.over_http().await)).await;
    trial::keep(&new.app.engine, &new.transfer(&id).await).await.unwrap();
    new.advance(&new.app.engine, &id).await;
    let source = stage.beside(true).await;
    let copy = new.app.source_of(&new.host_account("eve").await, true).await.unwrap();
    assert_eq!(source.profile().await.unwrap(), copy.profile().await.unwrap());

    let (mut places, mut after) = (Vec::new(), String::new());
    loop {
        let page = url_map::entries(&new.app.store, &id, &after, 50, false).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        places.extend(page.into_iter().map(|(_, entry)| (entry.new.to_string(), entry.old.to_string())));
    }
    for kind in CollectionKind::ALL {
        let before = walk(&*source, kind, None, 100).await.items;
        let now = walk(&*copy, kind, None, 100).await.items;
        assert_eq!(before.len(), now.len(), "{}", kind.as_str());
        if kind == CollectionKind::Content {
            pages(&before, &now, &mut places);
        }
        places.sort_by_key(|(new, _)| std::cmp::Reverse(new.len()));
        let sides = (new.host_account("eve").await.actor, old.host_account("ann").await.actor);
        let back = |item: &Item| comparable(item, &places, (sides.0.as_str(), sides.1.as_str()));
        let mut before: Vec<_> = before.iter().map(|item| comparable(item, &[], ("", ""))).collect();
        let mut now: Vec<_> = now.iter().map(back).collect();
        before.sort();
        now.sort();
        for (before, now) in before.iter().zip(&now) {
            assert_eq!(before, now, "{}", kind.as_str());
        }
    }
}

/// Pages for people have no line of their own in the map: they belong to the posts that have.
fn pages(before: &[Item], now: &[Item], places: &mut Vec<(String, String)>) {
    for item in now {
        let Item::Post(new) = item else { continue };
        let old_id = places.iter().find(|(place, _)| place == new.id.as_str()).map(|(_, old)| old.clone());
        let old = before.iter().find_map(|item| match item {
            Item::Post(old) if Some(old.id.as_str()) == old_id.as_deref() => Some(old),
            _ => None,
        });
        let (old, new) = (old.unwrap().url.as_ref().unwrap(), new.url.as_ref().unwrap());
        places.push((new.to_string(), old.to_string()));
    }
}

/// An item as text under its old addresses, without the line that says where it was before.
fn comparable(item: &Item, places: &[(String, String)], (new, old): (&str, &str)) -> String {
    let mut item = item.clone();
    let is_copy = !new.is_empty();
    match &mut item {
        Item::Post(object) if is_copy => drop(object.previously.remove(0)),
        Item::Boost(boost) if is_copy => drop(boost.previously.remove(0)),
        Item::Media(file) => {
            file.fetch_url = None;
            if item.kind() == ItemKind::ProfileImages
                && let Item::Media(file) = &mut item
            {
                file.url = String::new();
            }
        }
        _ => {}
    }
    let mut text = serde_json::to_string(&item).unwrap();
    for (new, old) in places {
        text = text.replace(new, old);
    }
    if is_copy { text.replace(new, old) } else { text }
}
