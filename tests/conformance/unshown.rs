//! What the software here cannot show is kept with its text, and arrives when a newer one can.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use futures::TryStreamExt;
use godwit::{
    model::{
        actor::Profile,
        id::{AccountId, TransferId},
        item::ItemKind,
        listing::Unshown,
        mapping::Reservation,
        object::Breadcrumb,
        transfer::TransferState,
    },
    port::{
        destination::{Amended, Destination, Prepared, StoredBlob, Wanted, Withdrawn, Written},
        error::AdapterError,
    },
    transfer::{Engine, certificate, later, look, status, step, trial},
};

use super::{
    both::{Tables, on_both},
    laboratory::Home,
    openings::Stage,
    tables::{does, texts},
};

on_both! {
    actix_web::test =>
    what_this_software_cannot_show_is_kept_and_arrives_with_a_newer_one,
    what_could_not_be_shown_becomes_visible_with_a_newer_software_after_the_copy_was_kept,
}

/// A server whose first version shows no posts of a hashtag; the second one does.
struct Versions {
    inner: Arc<dyn Destination>,
    is_second: AtomicBool,
    refused: Mutex<usize>,
}

type Answer<T> = Result<T, AdapterError>;

#[async_trait]
impl Destination for Versions {
    fn software(&self) -> String {
        format!("server {}", if self.is_second.load(Ordering::SeqCst) { 2 } else { 1 })
    }

    async fn write(&self, id: &TransferId, to: &AccountId, batch: Vec<Prepared>) -> Answer<Vec<Written>> {
        let is_second = self.is_second.load(Ordering::SeqCst);
        let refuses: Vec<bool> =
            batch.iter().map(|one| !is_second && one.item.kind() == ItemKind::Boosts).collect();
        let taken = batch.into_iter().zip(&refuses).filter(|(_, refuses)| !**refuses).map(|(one, _)| one);
        let mut written = self.inner.write(id, to, taken.collect()).await?.into_iter();
        *self.refused.lock().unwrap() += refuses.iter().filter(|refuses| **refuses).count();
        let unshown = || Written::Unshown("this server shows no boosts yet".into());
        Ok(refuses
            .into_iter()
            .map(|refuses| if refuses { unshown() } else { written.next().unwrap() })
            .collect())
    }

    async fn reserve(&self, id: &TransferId, to: &AccountId, wanted: &[Wanted]) -> Answer<Vec<Reservation>> {
        self.inner.reserve(id, to, wanted).await
    }

    async fn amend(&self, id: &TransferId, to: &AccountId, batch: Vec<Prepared>) -> Answer<Vec<Amended>> {
        self.inner.amend(id, to, batch).await
    }

    async fn withdraw(
        &self,
        id: &TransferId,
        to: &AccountId,
        batch: &[Reservation],
    ) -> Answer<Vec<Withdrawn>> {
        self.inner.withdraw(id, to, batch).await
    }

    async fn missing(&self, id: &TransferId, batch: &[Reservation]) -> Answer<Vec<bool>> {
        self.inner.missing(id, batch).await
    }

    async fn write_profile(
        &self,
        id: &TransferId,
        to: &AccountId,
        profile: Profile,
        avatar: Option<StoredBlob>,
        header: Option<StoredBlob>,
    ) -> Answer<()> {
        self.inner.write_profile(id, to, profile, avatar, header).await
    }

    async fn counts(&self, id: &TransferId) -> Answer<std::collections::BTreeMap<ItemKind, u64>> {
        self.inner.counts(id).await
    }

    async fn release(&self, id: &TransferId, to: &AccountId) -> Answer<()> {
        self.inner.release(id, to).await
    }

    async fn set_former(
        &self,
        to: &AccountId,
        crumbs: Vec<(ItemKind, String, Breadcrumb)>,
        is_there: bool,
    ) -> Answer<()> {
        self.inner.set_former(to, crumbs, is_there).await
    }

    async fn discard(&self, id: &TransferId, to: &AccountId) -> Answer<()> {
        self.inner.discard(id, to).await
    }
}

async fn kept(home: &Home, id: &TransferId) -> Vec<Unshown> {
    certificate::unshown(&home.app.store, id).try_concat().await.unwrap()
}

/// A copy on trial at the first version, which has refused some of it.
async fn tried(stage: &Stage) -> (TransferId, Arc<Versions>, Engine) {
    let (old, new) = (&stage.old, &stage.new);
    let eve = new.account("eve").await;
    let login = old.consent("ann", new, godwit::oauth::scope::Scope::Read).await;
    let origin = godwit::model::transfer::Origin::Live { actor: login.actor.clone() };
    let id = new.begin(&eve, origin, Some(login)).await;
    let versions = Arc::new(Versions {
        inner: new.app.engine.destination.clone(),
        is_second: AtomicBool::new(false),
        refused: Mutex::new(0),
    });
    let engine = Engine { destination: versions.clone(), ..(*new.app.engine).clone() };
    while new.advance(&engine, &id).await.state != TransferState::Trial {}
    assert!(*versions.refused.lock().unwrap() > 0);
    (id, versions, engine)
}

async fn what_this_software_cannot_show_is_kept_and_arrives_with_a_newer_one(tables: Tables) {
    let stage = Stage::of_ours(&tables).await;
    let (old, new) = (&stage.old, &stage.new);
    // And one post is of no type that anybody here knows.
    let spoil = "update posts set object = replace(object, '\"kind\":\"Note\"', '\"kind\":\"Wave\"') \
                 where id = (select min(id) from posts where object like '%\"kind\":\"Note\"%')";
    does(old, spoil.to_owned()).await;
    let (id, versions, engine) = tried(&stage).await;
    let refused = *versions.refused.lock().unwrap();
    let unshown = kept(new, &id).await;
    let boosts = unshown.iter().filter(|one| one.kind == "boosts").count();
    assert_eq!(boosts, refused);
    assert!(unshown.iter().filter(|one| one.kind == "boosts").all(|one| one.text.is_some()));
    let waves: Vec<_> = unshown.iter().filter(|one| one.kind == "posts").collect();
    assert_eq!(waves.len(), 1, "{unshown:#?}");
    assert!(waves[0].text.as_deref().is_some_and(|text| text.contains("Wave")), "{waves:#?}");

    let look = async || {
        look::ask(&engine, &new.transfer(&id).await).await.unwrap();
        step::advance(&engine, &new.transfer(&id).await).await.unwrap();
        status::report(&engine, &new.transfer(&id).await).await.unwrap()
    };
    assert_eq!(look().await.kind(ItemKind::Boosts).destination, 0);
    assert_eq!(*versions.refused.lock().unwrap(), refused, "the same software is not asked twice");

    versions.is_second.store(true, Ordering::SeqCst);
    let report = look().await;
    assert!(report.agrees(), "{report:#?}");
    let counts = report.kind(ItemKind::Boosts);
    assert_eq!((counts.destination, counts.skipped), (u64::try_from(refused).unwrap(), 0));
    assert_eq!(kept(new, &id).await.len(), 1, "the wave is nothing that can be carried");
}

async fn what_could_not_be_shown_becomes_visible_with_a_newer_software_after_the_copy_was_kept(
    tables: Tables,
) {
    let stage = Stage::of_ours(&tables).await;
    let new = &stage.new;
    let (id, versions, engine) = tried(&stage).await;
    let refused = *versions.refused.lock().unwrap();
    trial::keep(&engine, &new.transfer(&id).await).await.unwrap();
    while new.advance(&engine, &id).await.state != TransferState::Kept {}
    let due = async || later::due(&engine).await.unwrap();
    assert_eq!(due().await, [], "the same software is not asked twice");

    versions.is_second.store(true, Ordering::SeqCst);
    assert_eq!(due().await, std::slice::from_ref(&id));
    later::show(&engine, &id).await.unwrap();
    let report = status::report(&engine, &new.transfer(&id).await).await.unwrap();
    let counts = report.kind(ItemKind::Boosts);
    assert_eq!((counts.destination, counts.skipped), (u64::try_from(refused).unwrap(), 0), "{report:#?}");
    assert!(report.agrees(), "{report:#?}");
    assert_eq!(texts(new, "select id, account_id from boosts where is_trial".to_owned()).await, []);
    assert_eq!(due().await, [], "it is done");
    assert_eq!(kept(new, &id).await.len(), 0);
}
