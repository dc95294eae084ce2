//! The host's answers about accounts and addresses.

use super::story::{Story, read, url};
use crate::{
    adapters::embedded::EmbeddedHost,
    model::{
        collection::CollectionKind,
        id::AccountId,
        item::{Item, ItemKind},
        object::Visibility,
    },
    port::{error::Disposition, host::Host},
};

async fn posts(story: &Story) -> Vec<crate::model::object::Object> {
    let items = read(&story.source(true).await, CollectionKind::Content, 10).await;
    items
        .into_iter()
        .filter_map(|item| if let Item::Post(post) = item { Some(*post) } else { None })
        .collect()
}

#[tokio::test]
async fn every_spelling_of_an_address_finds_the_one_live_thing() {
    let story = Story::begin().await;
    let host = EmbeddedHost::new(story.fixture.site.clone());
    story.copy_everything().await;
    story.release().await;
    let posts = posts(&story).await;
    let direct = &posts[1];
    let page = direct.url.clone().unwrap();
    for address in [direct.id.clone(), page, url(&format!("{}/activity", direct.id))] {
        let found = host.locate(&address).await.unwrap().unwrap();
        assert_eq!(
            (&found.id, found.kind, found.visibility),
            (&direct.id, ItemKind::Posts, Visibility::Direct)
        );
        assert_eq!(found.account, story.ann.id);
    }
    let file = url(&format!("{}?view=x", direct.attachments[0].url));
    let found = host.locate(&file).await.unwrap().unwrap();
    assert_eq!(
        (found.kind, found.visibility),
        (ItemKind::Media, Visibility::Direct),
        "as private as its post"
    );
    assert_eq!(found.id.as_str(), direct.attachments[0].url);
    let boosts = read(&story.source(true).await, CollectionKind::Outbox, 10).await;
    let boost = url(boosts[0].key().as_str());
    assert_eq!(host.locate(&boost).await.unwrap().unwrap().kind, ItemKind::Boosts);
}

#[tokio::test]
async fn deleted_foreign_and_misattributed_addresses_find_nothing() {
    let story = Story::begin().await;
    let host = EmbeddedHost::new(story.fixture.site.clone());
    story.fixture.account("ben").await;
    story.copy_everything().await;
    story.release().await;
    let place = posts(&story).await.remove(0);
    assert!(host.locate(&place.id).await.unwrap().is_some());
    let id = place.id.path_segments().unwrap().next_back().unwrap();
    let foreign = url(&format!("https://other.example{}", place.id.path()));
    let misattributed = story.fixture.site.urls.post("ben", id);
    let actor = story.fixture.site.urls.actor("ann");
    for address in [foreign, misattributed, actor] {
        assert_eq!(host.locate(&address).await.unwrap(), None, "{address}");
    }
    story.fixture.delete_post(id).await;
    assert_eq!(host.locate(&place.id).await.unwrap(), None);
    let file = url(&place.attachments[0].url);
    assert_eq!(host.locate(&file).await.unwrap(), None, "a file goes with its post");
}

#[tokio::test]
async fn a_copy_on_trial_cannot_be_located() {
    let story = Story::begin().await;
    let host = EmbeddedHost::new(story.fixture.site.clone());
    let blob = story.fixture.blob(b"\x89PNG\r\n\x1a\n").await;
    let item = super::story::post(1, Visibility::Public, Some("https://old.example/a.png"));
    let key = item.key();
    story.copy(&story.transfer, &story.ann, vec![item.clone()], &[("https://old.example/a.png", blob)]).await;
    let wanted = crate::port::destination::Wanted {
        key,
        kind: ItemKind::Posts,
        published: item.published().cloned(),
        rank: 0,
        file_name: None,
        media_type: None,
    };
    let site = &story.fixture.site;
    let place = site.reserve_copies(&story.transfer, &story.ann.id, &[wanted]).await.unwrap().remove(0);
    assert_eq!(host.locate(&place.url).await.unwrap(), None);
    story.release().await;
    assert!(host.locate(&place.url).await.unwrap().is_some());
}

#[tokio::test]
async fn each_server_of_the_followers_is_told_once() {
    let story = Story::begin().await;
    let host = EmbeddedHost::new(story.fixture.site.clone());
    let fixture = &story.fixture;
    fixture.follower(&story.ann, "https://b.example/users/bob", Some("https://b.example/inbox")).await;
    fixture.follower(&story.ann, "https://b.example/users/bea", Some("https://b.example/inbox")).await;
    fixture.follower(&story.ann, "https://c.example/users/cid", None).await;
    let inboxes = host.move_inboxes(&story.ann.id).await.unwrap();
    assert_eq!(inboxes, [url("https://b.example/inbox"), url("https://c.example/users/cid/inbox")]);
}

#[tokio::test]
async fn aliases_are_added_once_and_a_move_can_be_set_and_cleared() {
    let story = Story::begin().await;
    let host = EmbeddedHost::new(story.fixture.site.clone());
    let old = url("https://old.example/users/ann");
    for _twice in 0..2 {
        host.add_alias(&story.ann.id, &old).await.unwrap();
    }
    host.set_moved_to(&story.ann.id, Some(&old)).await.unwrap();
    let account = host.account_named("ANN").await.unwrap().unwrap();
    assert_eq!((account.also_known_as, account.moved_to), (vec![old.clone()], Some(old.clone())));
    host.set_moved_to(&story.ann.id, None).await.unwrap();
    assert_eq!(host.account(&story.ann.id).await.unwrap().unwrap().moved_to, None);
    let nobody = host.add_alias(&AccountId::from("nobody"), &old).await.unwrap_err();
    assert_eq!(nobody.disposition(), Disposition::StopTransfer, "trying again would not help");
}
