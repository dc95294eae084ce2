//! What a home states about an account is what its pages show, and what the other home finds in them;
//! a home whose statement and pages differ is found out, thing by thing.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use godwit::{
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        id::{ItemKey, TransferId},
        inventory::{Entry, Inventory, Tally},
        item::{Item, ItemKind},
        media::MediaFile,
    },
    port::{
        error::AdapterError,
        source::{EntriesWanted, EntryPage, MOST_KEYS, MediaStream, Source, Statement},
    },
    store::{
        gaps::{self, Gap},
        notes, stated,
    },
    transfer::{reconcile, status},
};
use url::Url;

use super::{
    laboratory::Home,
    mirror::Given,
    openings::{Stage, begun, copied, walk},
};

async fn stated_over(source: &dyn Source, pass: u32) -> Inventory {
    match source.inventory(pass).await.unwrap() {
        Statement::Signed(stated) => stated.inventory,
        other => panic!("{other:?}"),
    }
}

/// What the pages of a source hold, counted with as many bits as the statement has.
async fn counted(source: &dyn Source, inventory: &Inventory) -> BTreeMap<ItemKind, Tally> {
    let mut tallies: BTreeMap<ItemKind, Tally> =
        inventory.kinds.iter().map(|(kind, line)| (*kind, Tally::new(line.bits))).collect();
    for collection in source.collections() {
        for item in walk(source, collection, None, 100).await.items {
            tallies.get_mut(&item.kind()).unwrap().add(item.kind(), &Entry::of(&item));
        }
    }
    tallies
}

#[actix_web::test]
async fn what_is_stated_is_what_the_pages_show_on_both_sides() {
    let stage = Stage::set().await;
    let (beside, over_http) = (stage.beside(true).await, stage.over_http().await);
    let inventory = stated_over(&*over_http, 1).await;
    assert_eq!(&inventory.actor, beside.actor());
    for source in [&beside, &over_http] {
        for (kind, tally) in counted(&**source, &inventory).await {
            assert_eq!(tally.total(), inventory.kinds[&kind], "{kind:?}");
            assert!(tally.total().count > 0, "{kind:?} is among what is compared");
            assert_eq!(over_http.buckets(1, kind).await.unwrap(), tally, "{kind:?}");
        }
    }
}

#[actix_web::test]
async fn a_frozen_inventory_stays_and_the_next_pass_shows_what_is_new() {
    let stage = Stage::set().await;
    let source = stage.over_http().await;
    let first = stated_over(&*source, 1).await;
    delete(&stage, &some_post(&*source).await).await;
    assert_eq!(stated_over(&*source, 1).await, first);
    let mut second = stated_over(&*source, 2).await.kinds;
    let (before, now) = (first.kinds[&ItemKind::Posts], second.remove(&ItemKind::Posts).unwrap());
    assert_eq!(before.count - 1, now.count);
    // Its files went with it.
    second.remove(&ItemKind::Media).unwrap();
    for (kind, line) in &second {
        assert_eq!(first.kinds[kind], *line, "{kind:?}");
    }
}

#[actix_web::test]
async fn every_item_is_had_by_its_key_as_it_stands_in_the_pages() {
    let stage = Stage::set().await;
    for source in [stage.beside(true).await, stage.over_http().await] {
        for collection in source.collections() {
            let pages = walk(&*source, collection, None, 100).await.items;
            for some in pages.chunks(MOST_KEYS) {
                let mut keys: Vec<ItemKey> = some.iter().map(Item::key).collect();
                keys.push("https://old.example/nothing".into());
                let mut found =
                    source.items(collection, &keys[..keys.len().min(MOST_KEYS)]).await.unwrap().items;
                found.sort_by_key(|item| keys.iter().position(|key| *key == item.key()));
                assert_eq!(found, some, "{}", collection.as_str());
            }
        }
    }
}

#[actix_web::test]
async fn private_things_are_in_no_inventory_they_were_not_ticked_for() {
    let stage = Stage::set().await;
    let public = stage.beside(false).await;
    let hidden = walk(&*stage.beside(true).await, CollectionKind::Content, None, 100).await.items;
    let keys: Vec<ItemKey> =
        hidden.iter().filter(|item| !item.visibility().is_open()).map(Item::key).collect();
    assert!(!keys.is_empty());
    for some in keys.chunks(MOST_KEYS) {
        assert_eq!(public.items(CollectionKind::Content, some).await.unwrap().items, []);
    }
}

/// How a home's pages and its statement part.
#[derive(Default)]
pub struct Lies {
    /// Not in the pages, and not given out by key.
    pub withheld: Option<ItemKey>,
    /// Not in the pages; given out by key.
    pub slipped: Option<ItemKey>,
    /// Counted in the statement, and nowhere else: its buckets are those of what it has.
    pub one_too_many: AtomicBool,
    /// The statement is not believed.
    pub forged: AtomicBool,
}

/// An old home that does not say what it shows.
pub struct Liar {
    inner: Arc<dyn Source>,
    lies: Lies,
    asked: Mutex<Vec<ItemKey>>,
}

impl Liar {
    pub fn new(inner: Arc<dyn Source>, lies: Lies) -> Arc<Self> {
        Arc::new(Self { inner, lies, asked: Mutex::default() })
    }
}

#[async_trait]
impl Source for Liar {
    fn actor(&self) -> &Url {
        self.inner.actor()
    }

    fn collections(&self) -> Vec<CollectionKind> {
        self.inner.collections()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        self.inner.profile().await
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        self.inner.count(kind).await
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        let mut page = self.inner.page(kind, cursor, limit).await?;
        let hidden = [&self.lies.withheld, &self.lies.slipped];
        page.items.retain(|item| hidden.iter().all(|key| key.as_ref() != Some(&item.key())));
        Ok(page)
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        self.inner.media(file).await
    }

    async fn inventory(&self, pass: u32) -> Result<Statement, AdapterError> {
        if self.lies.forged.load(Ordering::SeqCst) {
            return Ok(Statement::Unbelieved("the signature does not fit".into()));
        }
        let mut statement = self.inner.inventory(pass).await?;
        if let Statement::Signed(stated) = &mut statement
            && self.lies.one_too_many.load(Ordering::SeqCst)
        {
            stated.inventory.kinds.get_mut(&ItemKind::Likes).unwrap().count += 1;
        }
        Ok(statement)
    }

    async fn buckets(&self, pass: u32, kind: ItemKind) -> Result<Tally, AdapterError> {
        self.inner.buckets(pass, kind).await
    }

    async fn entries(
        &self,
        wanted: &EntriesWanted,
        cursor: Option<&Cursor>,
    ) -> Result<EntryPage, AdapterError> {
        self.inner.entries(wanted, cursor).await
    }

    async fn items(&self, collection: CollectionKind, keys: &[ItemKey]) -> Result<Page, AdapterError> {
        self.asked.lock().unwrap().extend(keys.iter().cloned());
        let mut page = self.inner.items(collection, keys).await?;
        page.items.retain(|item| Some(&item.key()) != self.lies.withheld.as_ref());
        Ok(page)
    }
}

pub async fn some_post(source: &dyn Source) -> ItemKey {
    walk(source, CollectionKind::Content, None, 100).await.items[7].key()
}

/// The owner deletes a post at the old home.
async fn delete(stage: &Stage, post: &ItemKey) {
    let id = post.as_str().rsplit('/').next().unwrap();
    stage.old.app.site.delete_post(&stage.ann, id).await.unwrap();
}

async fn gaps_of(home: &Home, id: &TransferId) -> Vec<Gap> {
    gaps::gaps(&home.app.store, id).await.unwrap()
}

#[actix_web::test]
async fn two_honest_homes_agree_and_nothing_is_asked_for_twice() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let honest = Liar::new(stage.over_http().await, Lies::default());
    let id = copied(&stage.new, &eve, Given(honest.clone())).await;
    assert_eq!(gaps_of(&stage.new, &id).await, []);
    assert!(honest.asked.lock().unwrap().is_empty());
    let kept = stated::last(&stage.new.app.store, &id).await.unwrap().unwrap();
    assert_eq!((kept.pass, kept.is_compared, kept.trouble), (1, true, None));
    kept.document.unwrap().check(&kept.key_pem.unwrap()).unwrap();
}

#[actix_web::test]
async fn a_post_that_slipped_through_the_pages_is_fetched_by_its_key() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let inner = stage.over_http().await;
    let slipped = some_post(&*inner).await;
    let source = Liar::new(inner, Lies { slipped: Some(slipped.clone()), ..Lies::default() });
    let id = copied(&stage.new, &eve, Given(source.clone())).await;
    assert_eq!(*source.asked.lock().unwrap(), [slipped]);
    let report = status::report(&stage.new.app.engine, &stage.new.transfer(&id).await).await.unwrap();
    let posts = report.kind(ItemKind::Posts);
    assert_eq!((posts.source, posts.failed), (posts.announced.unwrap(), 0), "{report:#?}");
    assert_eq!(gaps_of(&stage.new, &id).await, []);
}

#[actix_web::test]
async fn a_post_that_is_stated_and_not_given_out_has_failed_with_that_reason() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let inner = stage.over_http().await;
    let withheld = some_post(&*inner).await;
    let source = Liar::new(inner, Lies { withheld: Some(withheld), ..Lies::default() });
    let id = copied(&stage.new, &eve, Given(source)).await;
    let report = status::report(&stage.new.app.engine, &stage.new.transfer(&id).await).await.unwrap();
    assert_eq!(report.kind(ItemKind::Posts).failed, 1);
    assert!(report.reasons.iter().any(|reason| reason.why == reconcile::withheld() && reason.count == 1));
    assert!(report.agrees(), "what is listed as failed is accounted for");
    assert_eq!(gaps_of(&stage.new, &id).await, [], "an item explains it");
}

#[actix_web::test]
async fn a_count_that_its_own_buckets_do_not_bear_out_is_a_gap() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let source = Liar::new(stage.over_http().await, Lies::default());
    source.lies.one_too_many.store(true, Ordering::SeqCst);
    let id = copied(&stage.new, &eve, Given(source)).await;
    let why = "Old home's buckets are not the ones it signed".to_owned();
    assert_eq!(gaps_of(&stage.new, &id).await, [Gap { kind: "likes".into(), count: 1, why }]);
}

#[actix_web::test]
async fn a_statement_that_is_not_believed_is_a_gap_and_the_copy_goes_on() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let source = Liar::new(stage.over_http().await, Lies::default());
    source.lies.forged.store(true, Ordering::SeqCst);
    let id = copied(&stage.new, &eve, Given(source)).await;
    let gap = gaps_of(&stage.new, &id).await.remove(0);
    assert_eq!(
        (gap.kind.as_str(), gap.count, gap.why.as_str()),
        ("inventory", 1, "the signature does not fit")
    );
}

#[actix_web::test]
async fn what_was_deleted_while_it_was_read_is_let_go_with_a_note() {
    let stage = Stage::set().await;
    let eve = stage.new.account("eve").await;
    let (engine, id) = begun(&stage.new, &eve, Given(stage.over_http().await)).await;
    stage.new.advance(&engine, &id).await;
    let transfer = stage.new.transfer(&id).await;
    // All pages are read; then the owner deletes a post at the old home, and the end of the fetch comes.
    let source = stage.over_http().await;
    let deleted = some_post(&*source).await;
    let page =
        Page { items: walk(&*source, CollectionKind::Content, None, 100).await.items, ..Page::default() };
    let store = &stage.new.app.store;
    godwit::store::items::save_page(store, &id, CollectionKind::Content, None, page).await.unwrap();
    delete(&stage, &deleted).await;
    godwit::transfer::fetch::fetch(&engine, &transfer).await.unwrap();
    let noted = notes::notes(store, &id).await.unwrap();
    assert!(
        noted.iter().any(|(kind, n, why)| kind == "posts" && *n == 1 && why.contains("was deleted")),
        "{noted:?}"
    );
    assert_eq!(gaps_of(&stage.new, &id).await, []);
}
