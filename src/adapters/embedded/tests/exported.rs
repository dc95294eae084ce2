//! Reading an account as its owner.

use futures::TryStreamExt;

use super::story::{PICTURE, Story, post, read};
use crate::{
    adapters::embedded::EmbeddedSource,
    model::{
        collection::{CollectionKind, Cursor},
        item::Item,
        media::{MediaFile, MediaRole},
        object::Visibility,
    },
    port::{error::AdapterError, source::Source},
    store::run,
    wire::audience::{PUBLIC, visibility},
};

async fn bytes(source: &EmbeddedSource, file: &MediaFile) -> Result<Vec<u8>, AdapterError> {
    let chunks: Vec<_> = source.media(file).await?.try_collect().await?;
    Ok(chunks.concat())
}

fn files(items: Vec<Item>) -> Vec<MediaFile> {
    items
        .into_iter()
        .filter_map(|item| if let Item::Media(file) = item { Some(file) } else { None })
        .collect()
}

#[tokio::test]
async fn what_strangers_cannot_see_is_absent_unless_asked_for() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.release().await;
    let (open, all) = (story.source(false).await, story.source(true).await);
    let kinds = [CollectionKind::Content, CollectionKind::Outbox, CollectionKind::Media];
    for (kind, expected) in kinds.into_iter().zip([(2, 3), (1, 2), (2, 3)]) {
        let found = (read(&open, kind, 10).await.len(), read(&all, kind, 10).await.len());
        assert_eq!(found, expected, "{}", kind.as_str());
    }
    let private = files(read(&all, CollectionKind::Media, 10).await);
    let hidden = files(read(&open, CollectionKind::Media, 10).await);
    let secret = private.iter().find(|file| !hidden.contains(file)).unwrap();
    assert!(bytes(&all, secret).await.is_ok());
    assert!(bytes(&open, secret).await.is_err());
}

#[tokio::test]
async fn files_join_the_posts_that_show_them_and_have_the_announced_bytes() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.release().await;
    let source = story.source(true).await;
    let files = files(read(&source, CollectionKind::Media, 10).await);
    assert_eq!(files[0].role, MediaRole::Avatar, "pictures of the profile come first");
    let posts = read(&source, CollectionKind::Content, 10).await;
    let Some(Item::Post(first)) = posts.first() else { panic!("no post") };
    let shown = files.iter().find(|file| file.url == first.attachments[0].url).unwrap();
    assert_eq!(bytes(&source, shown).await.unwrap(), PICTURE);
    for file in &files {
        let length = u64::try_from(bytes(&source, file).await.unwrap().len()).unwrap();
        assert_eq!(file.bytes, Some(length));
    }
    let by_public_address = MediaFile { fetch_url: None, ..shown.clone() };
    assert!(bytes(&source, &by_public_address).await.is_ok());
}

#[tokio::test]
async fn another_accounts_files_cannot_be_read() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.release().await;
    let ben = story.fixture.account("ben").await;
    let stranger = EmbeddedSource::new(story.fixture.site.clone(), ben, true);
    for file in files(read(&story.source(true).await, CollectionKind::Media, 10).await) {
        assert!(matches!(bytes(&stranger, &file).await, Err(AdapterError::Item { .. })), "{}", file.url);
        let id = file.fetch_url.as_ref().unwrap().rsplit('/').next().unwrap();
        let claimed = format!("https://new.example/godwit/lola/ben/media/{id}");
        let claimed = MediaFile { url: claimed.clone(), fetch_url: Some(claimed), ..file };
        assert!(bytes(&stranger, &claimed).await.is_err());
    }
}

#[tokio::test]
async fn a_deleted_post_is_gone_with_its_files() {
    let story = Story::begin().await;
    story.copy_everything().await;
    story.release().await;
    let source = story.source(true).await;
    let posts = read(&source, CollectionKind::Content, 10).await;
    let Some(Item::Post(first)) = posts.first() else { panic!("no post") };
    story.fixture.delete_post(first.id.path_segments().unwrap().next_back().unwrap()).await;
    assert_eq!(read(&source, CollectionKind::Content, 10).await.len(), 2);
    let left = files(read(&source, CollectionKind::Media, 10).await);
    assert!(left.iter().all(|file| file.url != first.attachments[0].url));
    assert_eq!(source.count(CollectionKind::Media).await.unwrap(), Some(2));
}

#[tokio::test]
async fn a_post_is_addressed_to_nobody_beyond_what_its_row_allows() {
    let story = Story::begin().await;
    let bob = "https://b.example/users/bob";
    let Item::Post(mut open) = post(1, Visibility::Public, None) else { panic!("no post") };
    open.to = vec![PUBLIC.to_owned()];
    open.cc = vec!["https://new.example/users/ann/followers".to_owned(), bob.to_owned()];
    story.copy(&story.transfer, &story.ann, vec![Item::Post(open)], &[]).await;
    story.release().await;
    let store = &story.fixture.site.store;
    for expected in Visibility::ALL {
        let narrowed = store.write(move |c| {
            Box::pin(async move { Ok(run!(c, "update posts set visibility = $1", expected.as_str())?) })
        });
        assert_eq!(narrowed.await.unwrap(), 1);
        let posts = read(&story.source(true).await, CollectionKind::Content, 10).await;
        let Some(Item::Post(given)) = posts.first() else { panic!("no post") };
        let followers = story.fixture.site.urls.of_actor("ann", "followers");
        let seen = visibility(&given.to, &given.cc, &given.attributed_to, Some(&followers));
        assert_eq!(seen, expected, "{:?} {:?}", given.to, given.cc);
        assert!(given.to.iter().chain(&given.cc).any(|address| address == bob), "he was named");
    }
}

#[tokio::test]
async fn a_made_up_cursor_shows_nothing_of_others() {
    let story = Story::begin().await;
    let ben = story.fixture.account("ben").await;
    let (_, other) = story.again("transfer-2");
    story.copy(&other, &ben, vec![post(1, Visibility::Public, None)], &[]).await;
    let source = story.source(true).await;
    for made_up in ["", "0", "' or 1=1 --", "header"] {
        let cursor = Cursor(made_up.to_owned());
        for kind in CollectionKind::ALL {
            assert!(source.page(kind, Some(&cursor), 5).await.unwrap().items.is_empty());
        }
    }
}
