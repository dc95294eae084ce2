//! Writing, releasing and taking back.

use super::story::{PICTURE, Story, everything, post, read, url};
use crate::{
    model::{
        actor::Profile,
        collection::CollectionKind,
        follow::FollowOptions,
        id::ItemKey,
        item::{Item, ItemKind, Reference},
        moment::Moment,
        object::Visibility,
    },
    port::{
        destination::{Destination, Wanted, Written},
        error::Disposition,
    },
};

#[tokio::test]
async fn reserving_twice_gives_the_same_addresses_in_the_order_of_time() {
    let story = Story::begin().await;
    let wanted: Vec<Wanted> = (1..=3_u8)
        .map(|second| Wanted {
            key: ItemKey::from(format!("k{second}")),
            kind: ItemKind::Posts,
            published: Some(Moment::parse(&format!("2020-01-01T00:00:{second:02}Z")).unwrap()),
            rank: 0,
            file_name: None,
            media_type: None,
        })
        .collect();
    let once = story.destination.reserve(&story.transfer, &story.ann.id, &wanted).await.unwrap();
    let twice = story.destination.reserve(&story.transfer, &story.ann.id, &wanted).await.unwrap();
    assert_eq!(once, twice);
    assert!(once.is_sorted_by_key(|place| place.local_id.clone()));
    assert!(
        once.iter().all(|place| place.url.path().starts_with("/users/ann/posts/") && place.page.is_some())
    );
}

#[tokio::test]
async fn writing_twice_writes_once_and_the_counts_say_what_is_there() {
    let story = Story::begin().await;
    let once = story.copy_everything().await;
    let counted = story.fixture.census().await;
    let twice = story.copy_everything().await;
    assert!(once.iter().chain(&twice).all(|written| *written == Written::Done), "{once:?} {twice:?}");
    assert_eq!(story.fixture.census().await, counted);
    let counts = story.destination.counts(&story.transfer).await.unwrap();
    let expected = [3, 2, 1, 1, 2, 1, 1, 1];
    let counted = ItemKind::ALL.map(|kind| counts[&kind]);
    assert_eq!(counted[..8], expected);
    assert!(counted[8..].iter().all(|count| *count == 1), "one of each belonging: {counted:?}");
}

#[tokio::test]
async fn neither_copy_nor_release_notifies_anybody() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.release().await;
    let counted = story.fixture.census().await;
    for table in ["deliveries", "notifications", "seen_activities", "followers"] {
        assert!(counted.contains(&(table.to_owned(), 0)), "{table}");
    }
}

#[tokio::test]
async fn what_the_account_has_already_is_left_out_with_the_reason() {
    let story = Story::begin().await;
    story.copy_everything().await;
    let (_, other) = story.again("transfer-2");
    let mut items = everything().split_off(5);
    items.push(Item::Follow {
        actor: url("https://new.example/users/ann"),
        options: FollowOptions::default(),
    });
    let written = story.copy(&other, &story.ann, items, &[]).await;
    assert_eq!(written.len(), 14);
    for one in &written {
        assert!(
            matches!(one, Written::Skipped(why) if why.contains("already") || why.contains("itself")),
            "{one:?}"
        );
    }
    assert_eq!(story.destination.counts(&other).await.unwrap().values().sum::<u64>(), 0);
}

#[tokio::test]
async fn a_release_shows_the_copy_and_fills_only_what_was_empty() {
    let story = Story::begin().await;
    story.copy_everything().await;
    let before = story.source(true).await;
    for kind in CollectionKind::ALL {
        assert!(read(&before, kind, 10).await.is_empty(), "{} shows a copy on trial", kind.as_str());
    }
    story.release().await;
    let counts = story.destination.counts(&story.transfer).await.unwrap();
    let after = story.source(true).await;
    assert_eq!(read(&after, CollectionKind::Content, 10).await.len(), 3);
    assert_eq!(read(&after, CollectionKind::Following, 10).await.len(), 1);
    assert_eq!(counts[&ItemKind::ProfileImages], 1, "a released picture still counts");

    let (destination, second) = story.again("transfer-2");
    let other = Profile { name: "Somebody".into(), summary: "<p>new</p>".into(), fields: vec![] };
    destination.write_profile(&second, &story.ann.id, other, None, None).await.unwrap();
    destination.release(&second, &story.ann.id).await.unwrap();
    let account = story.fixture.site.account(&story.ann.id).await.unwrap().unwrap();
    assert_eq!((account.profile.name.as_str(), account.profile.summary.as_str()), ("Ann", "<p>hi</p>"));
    assert!(account.avatar.is_some());
}

#[tokio::test]
async fn a_hidden_copy_is_its_owners_alone_and_comes_back_as_it_was() {
    let story = Story::begin().await;
    let hide = async |is_hidden| {
        for _twice in 0..2 {
            story.destination.hide(&story.transfer, &story.ann.id, is_hidden).await.unwrap();
        }
    };
    let ann = async || story.fixture.site.account(&story.ann.id).await.unwrap().unwrap();
    story.copy_everything().await;
    hide(true).await;
    hide(false).await;
    let trial = story.source(true).await;
    assert!(read(&trial, CollectionKind::Content, 10).await.is_empty(), "a trial is not shown by this");
    story.release().await;
    let (shown, files) = (ann().await, story.fixture.files());
    hide(true).await;
    // Whoever shows the copy once more, as after a crash, shows nothing that is hidden.
    story.release().await;
    let hidden = story.source(true).await;
    for kind in [CollectionKind::Content, CollectionKind::Media, CollectionKind::Liked] {
        assert!(read(&hidden, kind, 10).await.is_empty(), "{} shows what is hidden", kind.as_str());
    }
    let bare = ann().await;
    assert_eq!((bare.profile.name.as_str(), bare.avatar.is_none()), (story.ann.profile.name.as_str(), true));
    hide(false).await;
    let again = ann().await;
    assert_eq!((again.profile, again.avatar), (shown.profile, shown.avatar));
    assert_eq!(read(&story.source(true).await, CollectionKind::Content, 10).await.len(), 3);
    assert_eq!(story.fixture.files(), files);
}

#[tokio::test]
async fn a_discard_leaves_tables_and_disk_as_they_were() {
    let story = Story::begin().await;
    let (_, earlier) = story.again("transfer-0");
    story.copy(&earlier, &story.ann, vec![post(9, Visibility::Public, None)], &[]).await;
    let (tables, files) = (story.fixture.census().await, story.fixture.files());
    story.copy_everything().await;
    assert_ne!(story.fixture.census().await, tables);
    assert_ne!(story.fixture.files(), files);
    let untouched = story.fixture.site.account(&story.ann.id).await.unwrap().unwrap();
    assert_eq!(untouched.profile, story.ann.profile, "the profile waits");
    for _twice in 0..2 {
        story.destination.discard(&story.transfer, &story.ann.id).await.unwrap();
        assert_eq!(story.fixture.census().await, tables);
        assert_eq!(story.fixture.files(), files);
    }
    let account = story.fixture.site.account(&story.ann.id).await.unwrap().unwrap();
    assert_eq!((account.profile, account.avatar), (story.ann.profile, story.ann.avatar));
}

#[tokio::test]
async fn a_released_copy_is_not_discarded() {
    let story = Story::begin().await;
    // Blocks alone carry no mark of a trial, so this is the hardest copy to know as released.
    let block = Item::Block { actor: url("https://c.example/users/cid") };
    story.copy(&story.transfer, &story.ann, vec![block], &[]).await;
    story.release().await;
    let tables = story.fixture.census().await;
    let refused = story.destination.discard(&story.transfer, &story.ann.id).await.unwrap_err();
    assert_eq!(refused.disposition(), Disposition::StopTransfer);
    assert_eq!(story.fixture.census().await, tables);
}

#[tokio::test]
async fn a_file_that_something_else_needs_survives_a_discard() {
    let story = Story::begin().await;
    let ben = story.fixture.account("ben").await;
    let blob = story.fixture.blob(PICTURE).await;
    let theirs = [("https://old.example/media/x.png", blob.clone())];
    let (_, other) = story.again("transfer-2");
    let item = post(1, Visibility::Public, Some("https://old.example/media/x.png"));
    story.copy(&other, &ben, vec![item], &theirs).await;
    story.copy_everything().await;
    story.destination.discard(&story.transfer, &story.ann.id).await.unwrap();
    assert_eq!(story.fixture.files(), [story.fixture.site.blobs.path(&blob.sha256)]);

    story.fixture.fetched_elsewhere(&blob.sha256).await;
    story.destination.discard(&other, &ben.id).await.unwrap();
    assert_eq!(story.fixture.files().len(), 1, "another transfer has fetched it and not written it yet");
}

#[tokio::test]
async fn a_transfer_touches_only_the_account_it_belongs_to() {
    let story = Story::begin().await;
    let ben = story.fixture.account("ben").await;
    story.copy_everything().await;
    let tables = story.fixture.census().await;
    story.destination.discard(&story.transfer, &ben.id).await.unwrap();
    assert_eq!(story.fixture.census().await, tables);
}

#[tokio::test]
async fn stored_posts_are_clean_and_say_what_their_addresses_say() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.release().await;
    let posts = read(&story.source(true).await, CollectionKind::Content, 10).await;
    let Some(Item::Post(first)) = posts.first() else { panic!("no post") };
    assert_eq!(first.content, "<p>text</p>");
    assert!(first.id.as_str().starts_with("https://new.example/users/ann/posts/"));
    assert_eq!(first.attributed_to.as_str(), "https://new.example/users/ann");
    assert_eq!(first.tags[0].href, None);
    assert_eq!(first.attachments[0].media_type, "image/png", "bytes decide the type, not the old server");
}

#[tokio::test]
async fn two_pointers_at_one_object_within_a_transfer_are_one() {
    let story = Story::begin().await;
    let like = || Item::Like(Reference { object: url("https://b.example/1"), published: None });
    let written = story.copy(&story.transfer, &story.ann, vec![like(), like()], &[]).await;
    assert_eq!(written, [Written::Done, Written::Done], "the same key is the same item");
    assert_eq!(story.destination.counts(&story.transfer).await.unwrap()[&ItemKind::Likes], 1);
}
