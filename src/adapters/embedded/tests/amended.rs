//! A copy on trial follows its old home, and leaves alone what its owner made their own.

use super::story::{PICTURE, Story, boost, everything, post, url};
use crate::{
    model::{
        item::{Item, ItemKind},
        mapping::Reservation,
        object::{Object, Visibility},
    },
    port::destination::{Amended, Destination, Withdrawn},
    site::{edits::Edit, posts::Found, viewer::Viewer},
    store::posts,
};

const A: &str = "https://old.example/media/a.png";
const B: &str = "https://old.example/media/b.png";

/// The first post, as Old home has it now.
fn newer(change: impl FnOnce(&mut Object)) -> Item {
    let Item::Post(mut object) = post(1, Visibility::Public, Some(A)) else { unreachable!() };
    change(&mut object);
    Item::Post(object)
}

impl Story {
    async fn amend(
        &self,
        items: Vec<Item>,
        files: &[(&str, crate::port::destination::StoredBlob)],
    ) -> Vec<Amended> {
        let batch = self.prepared(&self.transfer, &self.ann, items, files).await;
        self.destination.amend(&self.transfer, &self.ann.id, batch).await.unwrap()
    }

    async fn places(&self, items: Vec<Item>) -> Vec<Reservation> {
        let prepared = self.prepared(&self.transfer, &self.ann, items, &[]).await;
        prepared.into_iter().map(|one| one.reservation).collect()
    }

    async fn withdraw(&self, items: Vec<Item>) -> Vec<Withdrawn> {
        let places = self.places(items).await;
        self.destination.withdraw(&self.transfer, &self.ann.id, &places).await.unwrap()
    }

    /// The first post as it is stored.
    async fn first(&self) -> (String, Option<Object>) {
        let place = self.places(vec![newer(|_| ())]).await.remove(0);
        let id = place.local_id.as_str().to_owned();
        let row = posts::by_id(&self.fixture.site.store, &id).await.unwrap();
        let row = row.filter(|row| row.deleted_at.is_none());
        (id, row.map(|row| serde_json::from_str(&row.object).unwrap()))
    }

    async fn edit(&self, text: &str) {
        let (id, _) = self.first().await;
        let edit = Edit { text: text.to_owned(), warning: String::new() };
        self.fixture.site.edit_post(&self.ann, &id, edit).await.unwrap();
    }

    async fn count(&self, kind: ItemKind) -> u64 {
        self.destination.counts(&self.transfer).await.unwrap()[&kind]
    }
}

#[tokio::test]
async fn an_edited_post_takes_the_place_of_the_older_one_with_its_topics_and_files() {
    let story = Story::begin().await;
    story.copy_everything().await;
    let blob = story.fixture.blob(PICTURE).await;
    let edited = || {
        newer(|object| {
            object.content = "<p>newer<script>x</script></p>".into();
            object.summary = Some("birds".into());
            object.tags[0].name = "#Waders".into();
            object.attachments.clear();
        })
    };
    for _twice in 0..2 {
        assert_eq!(story.amend(vec![edited()], &[(A, blob.clone())]).await, [Amended::Done]);
        let (id, object) = story.first().await;
        let object = object.unwrap();
        assert_eq!((object.content.as_str(), object.summary.as_deref()), ("<p>newer</p>", Some("birds")));
        let tagged = |tag: &'static str| {
            let store = &story.fixture.site.store;
            let sight = posts::Sight { viewer: story.ann.id.as_str().to_owned(), is_admin: false };
            async move { posts::tagged(store, &sight, tag, None, 9).await.unwrap() }
        };
        assert_eq!(tagged("waders").await[0].id, id);
        assert!(tagged("moving").await.iter().all(|row| row.id != id));
        assert_eq!(story.count(ItemKind::Media).await, 1, "its file belongs to no post any more");
    }
    let c = |object: &mut Object| object.attachments[0].url = B.to_owned();
    let blob = story.fixture.blob(b"\x89PNG\r\n\x1a\nthird").await;
    story.amend(vec![newer(c)], &[(B, blob)]).await;
    assert_eq!(story.count(ItemKind::Posts).await, 3);
}

#[tokio::test]
async fn what_its_owner_wrote_here_stays_and_is_seen_by_no_more_people_than_the_original() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.edit("my own words").await;
    let newer_words = newer(|object| object.content = "<p>words of Old home</p>".into());
    assert_eq!(story.amend(vec![newer_words], &[]).await, [Amended::OwnersStays]);
    let (id, object) = story.first().await;
    assert_eq!(object.unwrap().content, "<p>my own words</p>");
    let narrowed = newer(|object| {
        object.visibility = Visibility::Followers;
        object.to = vec!["https://new.example/users/ann/followers".into()];
    });
    assert_eq!(story.amend(vec![narrowed], &[]).await, [Amended::OwnersStays]);
    story.release().await;
    let stranger = story.fixture.site.find_post(&story.ann, &id, &Viewer::Stranger).await.unwrap();
    assert!(matches!(stranger, Found::Nothing), "{stranger:?}");
    let (_, object) = story.first().await;
    let object = object.unwrap();
    assert_eq!((object.content.as_str(), object.visibility), ("<p>my own words</p>", Visibility::Followers));
}

#[tokio::test]
async fn what_its_owner_took_away_does_not_come_back() {
    let story = Story::begin().await;
    story.copy_everything().await;
    let (id, _) = story.first().await;
    story.fixture.site.delete_post(&story.ann, &id).await.unwrap();
    let places = story.places(vec![newer(|_| ()), post(3, Visibility::Unlisted, None)]).await;
    assert_eq!(story.destination.missing(&story.transfer, &places).await.unwrap(), [true, false]);
    assert_eq!(story.amend(vec![newer(|_| ())], &[]).await, [Amended::IsAway]);
    assert!(story.first().await.1.is_none());
}

#[tokio::test]
async fn what_is_gone_at_old_home_leaves_the_copy_unless_it_became_its_owners_own() {
    let story = Story::begin().await;
    story.copy_everything().await;
    let gone: Vec<Item> = everything();
    for _twice in 0..2 {
        assert!(story.withdraw(gone.clone()).await.iter().all(|one| *one == Withdrawn::Done));
        let counts = story.destination.counts(&story.transfer).await.unwrap();
        let left: Vec<_> = counts.into_iter().filter(|(_, number)| *number > 0).collect();
        assert_eq!(left, [(ItemKind::ProfileImages, 1)]);
    }
    let places = story.places(gone).await;
    assert!(story.destination.missing(&story.transfer, &places).await.unwrap().iter().all(|away| *away));

    let story = Story::begin().await;
    story.copy_everything().await;
    story.edit("mine").await;
    let gone = vec![post(1, Visibility::Public, None), boost(4, Visibility::Public)];
    assert_eq!(story.withdraw(gone).await, [Withdrawn::OwnersStays, Withdrawn::Done]);
    assert_eq!((story.count(ItemKind::Posts).await, story.count(ItemKind::Boosts).await), (3, 1));
}

#[tokio::test]
async fn nothing_that_was_released_is_touched() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.release().await;
    let counted = story.fixture.census().await;
    story.withdraw(vec![post(1, Visibility::Public, None), boost(4, Visibility::Public)]).await;
    story.amend(vec![newer(|object| object.content = "<p>newer</p>".into())], &[]).await;
    assert_eq!(story.fixture.census().await, counted);
    assert_eq!(story.first().await.1.unwrap().content, "<p>text</p>");
}

#[tokio::test]
async fn following_a_change_notifies_nobody() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.edit("mine").await;
    story.amend(vec![newer(|_| ()), boost(4, Visibility::Followers)], &[]).await;
    story
        .withdraw(vec![
            post(3, Visibility::Unlisted, None),
            Item::Block { actor: url("https://c.example/users/cid") },
        ])
        .await;
    let counted = story.fixture.census().await;
    for table in ["deliveries", "notifications", "seen_activities"] {
        assert!(counted.contains(&(table.to_owned(), 0)), "{table}");
    }
}
