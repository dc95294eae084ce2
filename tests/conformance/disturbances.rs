//! Disks that are full and streams that are cut: a copy waits, says why, and goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use godwit::{
    model::{
        actor::Profile,
        collection::{CollectionKind, Cursor, Page},
        id::TransferId,
        login::Login,
        media::MediaFile,
        report::KindCounts,
        transfer::{Transfer, TransferState},
    },
    port::{
        error::{AdapterError, Cause},
        source::{MediaStream, Source},
    },
    transfer::{engine::Sources, status, step},
};
use url::Url;

use super::{
    invented::Invented,
    laboratory::{self, Home},
    openings::{PAGE_ITEMS, begun},
};

/// Dora behind a bad line: every file breaks off the first time it is asked for, some always, and
/// every third page is not answered at the first asking.
#[derive(Clone)]
struct BadLine {
    dora: Invented,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    hopeless: BTreeSet<String>,
}

impl BadLine {
    fn new(hopeless: usize) -> Self {
        let dora = Invented::dora();
        let hopeless = dora.files().into_iter().take(hopeless).collect();
        Self { dora, asked: Arc::default(), hopeless }
    }

    /// How often this was asked for before.
    fn times(&self, what: &str) -> usize {
        let mut asked = self.asked.lock().unwrap();
        let times = asked.entry(what.to_owned()).or_default();
        *times += 1;
        *times - 1
    }
}

#[async_trait]
impl Source for BadLine {
    fn actor(&self) -> &Url {
        self.dora.actor()
    }

    fn collections(&self) -> Vec<CollectionKind> {
        self.dora.collections()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        self.dora.profile().await
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        self.dora.count(kind).await
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        let place = cursor.map_or(0, |Cursor(text)| text.parse().unwrap());
        if place / limit % 3 == 1 && self.times(&format!("{kind:?} {place}")) == 0 {
            let (doing, why) = ("reading".to_owned(), "no answer".to_owned());
            return Err(AdapterError::Busy {
                doing,
                why,
                after: std::time::Duration::ZERO,
                cause: Cause::Strained,
            });
        }
        self.dora.page(kind, cursor, limit).await
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        let whole = self.dora.media(file).await?;
        if self.times(&file.url) > 0 && !self.hopeless.contains(&file.url) {
            return Ok(whole);
        }
        let cut = futures::stream::iter([
            Ok(Bytes::from_static(b"\x89PNG")),
            Err(AdapterError::item("the file broke off")),
        ]);
        Ok(cut.boxed())
    }
}

#[async_trait]
impl Sources for BadLine {
    async fn open(&self, _: &Transfer, _: Option<&Login>) -> Result<Arc<dyn Source>, AdapterError> {
        Ok(Arc::new(self.clone()))
    }
}

/// Numbers of the copy, by kind.
async fn counts(home: &Home, id: &TransferId) -> BTreeMap<String, KindCounts> {
    status::report(&home.app.engine, &home.transfer(id).await).await.unwrap().items
}

/// Everything in `dora` that is counted.
async fn whole(dora: &Invented, kind: CollectionKind) -> u64 {
    dora.count(kind).await.unwrap().unwrap()
}

#[actix_web::test]
async fn a_full_disk_is_named_and_the_copy_goes_on_when_there_is_room() {
    let [home] = laboratory::homes(["new"], PAGE_ITEMS).await;
    let eve = home.account("eve").await;
    let (engine, id) = begun(&home, &eve, Invented::dora()).await;
    home.advance(&engine, &id).await;
    let media = home.app.config.server.data_dir.join("media");
    std::fs::remove_dir_all(&media).unwrap();
    std::fs::write(&media, "no room here").unwrap();
    for _ in 0..3 {
        step::advance(&engine, &home.transfer(&id).await).await.unwrap();
        let waiting = home.transfer(&id).await;
        assert_eq!(waiting.state, TransferState::Fetching);
        assert!(waiting.problem.as_deref().unwrap_or_default().contains("the disk of"), "{waiting:?}");
    }
    std::fs::remove_file(&media).unwrap();
    std::fs::create_dir(&media).unwrap();
    while home.advance(&engine, &id).await.state != TransferState::Trial {}
    let (dora, counts) = (Invented::dora(), counts(&home, &id).await);
    assert_eq!(counts["posts"].destination, whole(&dora, CollectionKind::Content).await);
    assert_eq!(
        counts["media"].destination + counts["profile_images"].destination,
        whole(&dora, CollectionKind::Media).await
    );
}

#[actix_web::test]
async fn a_line_that_breaks_now_and_then_loses_nothing() {
    let [home] = laboratory::homes(["new"], PAGE_ITEMS).await;
    let eve = home.account("eve").await;
    let source = BadLine::new(0);
    let (engine, id) = begun(&home, &eve, source.clone()).await;
    let mut interruptions = 0;
    while home.transfer(&id).await.state != TransferState::Trial {
        step::advance(&engine, &home.transfer(&id).await).await.unwrap();
        interruptions += usize::from(home.transfer(&id).await.problem.is_some());
    }
    assert!(interruptions >= 3, "the line was too good: {interruptions}");
    let counts = counts(&home, &id).await;
    let (all, posts) = (source.dora.files().len(), whole(&source.dora, CollectionKind::Content).await);
    let arrived = counts["media"].destination + counts["profile_images"].destination;
    assert_eq!(arrived, u64::try_from(all).unwrap());
    assert_eq!(
        (counts["posts"].source, counts["posts"].destination),
        (posts, posts),
        "each page counts once"
    );
    assert!(counts.values().all(|kind| kind.failed == 0 && kind.skipped == 0));
}

#[actix_web::test]
async fn a_file_that_always_breaks_off_is_listed_with_its_reason_and_the_rest_arrives() {
    let [home] = laboratory::homes(["new"], PAGE_ITEMS).await;
    let eve = home.account("eve").await;
    let source = BadLine::new(2);
    let (engine, id) = begun(&home, &eve, source.clone()).await;
    while home.transfer(&id).await.state != TransferState::Trial {
        step::advance(&engine, &home.transfer(&id).await).await.unwrap();
    }
    let report = status::report(&home.app.engine, &home.transfer(&id).await).await.unwrap();
    let files: Vec<_> = ["media", "profile_images"].iter().map(|kind| &report.items[*kind]).collect();
    assert_eq!(files.iter().map(|kind| kind.failed).sum::<u64>(), 2);
    let all = u64::try_from(source.dora.files().len()).unwrap();
    assert_eq!(files.iter().map(|kind| kind.destination).sum::<u64>(), all - 2);
    assert!(report.reasons.iter().any(|reason| reason.why.contains("broke off")), "{:?}", report.reasons);
    let spool = home.app.config.server.data_dir.join("media").join("spool");
    let left: Vec<_> = std::fs::read_dir(spool).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "halves of files were left behind: {left:?}");
}
