//! What an account's owner reads of it, from the tables and the media directory: each kind, in its order,
//! and nothing of anybody else's.

use std::{collections::BTreeMap, fs};

use futures::TryStreamExt;
use godwit::{
    adapters::mastodon_database::{MastodonSource, schema::Version},
    model::{
        collection::{CollectionKind, Cursor, Page},
        id::ItemKey,
        item::Item,
        media::{MediaFile, MediaRole},
        object::{Object, Visibility},
    },
    port::{error::AdapterError, source::Source},
};
use serde_json::json;
use url::Url;

use crate::home::Home;

/// The server at its usual place; `None` where no PostgreSQL is installed.
async fn home(version: Version) -> Option<Home> {
    Home::at(version, Url::parse("https://social.example").unwrap()).await
}

/// An account read by its owner.
async fn open(home: &Home, account: &str, includes_private: bool) -> Result<MastodonSource, AdapterError> {
    let (database, place) = (home.stage.database.clone(), home.place.clone());
    MastodonSource::open(database, place.clone(), place.web, &account.into(), includes_private).await
}

/// Everything of a collection, a few at a time.
async fn all(source: &dyn Source, kind: CollectionKind) -> Page {
    let (mut all, mut cursor) = (Page::default(), None::<Cursor>);
    loop {
        let page = source.page(kind, cursor.as_ref(), 2).await.unwrap();
        all.items.extend(page.items);
        all.unreadable.extend(page.unreadable);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

async fn posts(source: &dyn Source) -> BTreeMap<String, Object> {
    let items = all(source, CollectionKind::Content).await.items;
    let post = |item| if let Item::Post(object) = item { *object } else { panic!("{item:?}") };
    items
        .into_iter()
        .map(post)
        .map(|post| (post.id.path().rsplit('/').next().unwrap().to_owned(), post))
        .collect()
}

async fn keys(source: &dyn Source, kind: CollectionKind) -> Vec<String> {
    all(source, kind).await.items.iter().map(|item| item.key().to_string()).collect()
}

#[tokio::test]
async fn every_release_yields_every_kind() {
    for version in Version::ALL {
        let Some(home) = home(version).await else { return };
        let source = open(&home, "101", true).await.unwrap();
        for kind in CollectionKind::ALL {
            let page = all(&source, kind).await;
            let number = u64::try_from(page.items.len() + page.unreadable.len()).unwrap();
            assert!(number > 0, "{version} {}", kind.as_str());
            assert_eq!(source.count(kind).await.unwrap(), Some(number), "{version} {}", kind.as_str());
        }
        let quoted = posts(&source).await["1002"].quote.clone();
        assert_eq!(quoted.is_some(), version >= Version::V4_4, "{version}");
    }
}

#[tokio::test]
async fn a_post_has_its_words_its_people_its_files_and_its_times_to_the_second() {
    let Some(home) = home(Version::V4_7).await else { return };
    let posts = posts(&open(&home, "101", true).await.unwrap()).await;
    let tea = &posts["1001"];
    assert_eq!(
        tea.source.as_ref().unwrap().content,
        "Tea, @eve@b.example and @bob: :cup: #Tea\nhttps://x.example/"
    );
    for part in [
        r#"<a href="https://b.example/@eve" class="u-url mention">@<span>eve</span></a>"#,
        r#"<a href="https://social.example/@bob" class="u-url mention">@<span>bob</span></a>:"#,
        r#"<a href="https://social.example/tags/tea" class="mention hashtag" rel="tag">#<span>Tea</span></a><br>"#,
    ] {
        assert!(tea.content.contains(part), "{}", tea.content);
    }
    assert_eq!(
        (tea.published.text(), tea.updated.as_ref().unwrap().text()),
        ("2023-01-02T03:04:05Z", "2023-02-01T00:00:00Z")
    );
    assert_eq!(tea.in_reply_to.as_ref().unwrap().as_str(), "https://b.example/1");
    assert_eq!(tea.summary.as_deref(), Some("food"));
    let names: Vec<&str> = tea.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["@eve@b.example", "@bob@social.example", "#tea", ":cup:"]);
    assert_eq!(tea.tallies.likes, 4);
    // In the order its author chose, without the one that is not shown.
    let files: Vec<&str> = tea.attachments.iter().map(|file| file.url.rsplit('/').next().unwrap()).collect();
    assert_eq!(files, ["2222222222222222.png", "1111111111111111.png"]);
    assert_eq!(tea.attachments[1].focal_point, Some((0.5, -0.5)));
    let poll = posts["1003"].poll.as_ref().unwrap();
    assert_eq!((poll.options[0].votes, poll.closed.as_ref().unwrap().text()), (3, "2023-01-05T00:00:00Z"));
    assert_eq!(posts["1003"].quote, None, "a quote that was taken back is none");
    assert!(!posts.contains_key("1006"), "what was deleted is gone");
}

#[tokio::test]
async fn an_audience_is_as_it_was_and_an_unknown_one_the_most_private() {
    let Some(home) = home(Version::V4_5).await else { return };
    let posts = posts(&open(&home, "101", true).await.unwrap()).await;
    let seen = |id: &str| posts[id].visibility;
    assert_eq!([seen("1001"), seen("1002")], [Visibility::Public, Visibility::Unlisted]);
    assert_eq!(
        [seen("1003"), seen("1004"), seen("1005")],
        [Visibility::Followers, Visibility::Direct, Visibility::Direct]
    );
    assert_eq!(posts["1004"].to, ["https://b.example/users/eve"]);
    assert!(posts["1005"].to.is_empty() && posts["1005"].cc.is_empty());
}

#[tokio::test]
async fn what_few_may_see_stays_unless_it_was_ticked() {
    let Some(home) = home(Version::V4_6).await else { return };
    let source = open(&home, "101", false).await.unwrap();
    assert_eq!(posts(&source).await.keys().collect::<Vec<_>>(), ["1001", "1002"]);
    assert_eq!(all(&source, CollectionKind::Outbox).await.items.len(), 1);
    assert_eq!(keys(&source, CollectionKind::Pins).await, ["https://social.example/users/ann/statuses/1001"]);
    let files = keys(&source, CollectionKind::Media).await;
    assert!(files.len() == 3 && !files.iter().any(|url| url.contains("4444")), "{files:?}");
    let private = open(&home, "101", true).await.unwrap();
    let Item::Media(secret) = all(&private, CollectionKind::Media).await.items.remove(3) else { panic!() };
    assert!(read(&private, &secret).await.is_ok());
    assert!(matches!(read(&source, &secret).await, Err(AdapterError::Item { .. })));
}

#[tokio::test]
async fn nothing_of_anybody_else_is_read() {
    let Some(home) = home(Version::V4_3).await else { return };
    let source = open(&home, "101", true).await.unwrap();
    let mut said = json!(source.profile().await.unwrap()).to_string();
    for kind in CollectionKind::ALL {
        said.push_str(&json!(all(&source, kind).await.items).to_string());
    }
    for word in ["Bob's", "Bob to one", "other.example", "6666", "5555", "of no post", "bob/statuses/1502"] {
        assert!(!said.contains(word), "{word}");
    }
    // Mal blocks Ann: that she followed him is not told, her own block is.
    assert_eq!(
        keys(&source, CollectionKind::Following).await,
        ["https://b.example/users/eve", "https://social.example/users/bob"]
    );
    assert_eq!(keys(&source, CollectionKind::Blocked).await, ["https://c.example/users/mal"]);
    let bobs = ["media_attachments/files/000/000/036/original/6666666666666666.png", "../../etc/passwd"];
    for path in bobs {
        let file = MediaFile {
            url: format!("https://social.example/system/{path}"),
            fetch_url: Some("https://social.example/godwit/lola/ann/media/36".into()),
            role: MediaRole::Attachment,
            media_type: String::new(),
            bytes: None,
            sha256: None,
        };
        assert!(matches!(read(&source, &file).await, Err(AdapterError::Item { .. })), "{path}");
    }
    let bobs =
        ["https://social.example/users/bob/statuses/1501", "https://social.example/users/ann/statuses/1501"];
    let keys: Vec<ItemKey> = bobs.into_iter().map(ItemKey::from).collect();
    assert_eq!(source.items(CollectionKind::Content, &keys).await.unwrap().items, []);
}

async fn read(source: &dyn Source, file: &MediaFile) -> Result<Vec<u8>, AdapterError> {
    let chunks: Vec<_> = source.media(file).await?.try_collect().await?;
    Ok(chunks.concat())
}

#[tokio::test]
async fn what_the_owner_set_up_is_read_as_it_means() {
    let Some(home) = home(Version::V4_2).await else { return };
    let source = open(&home, "101", true).await.unwrap();
    let text = |page: Page| json!(page.items).to_string();
    let lists = text(all(&source, CollectionKind::Lists).await);
    assert!(lists.contains(r#""title":"Birds""#) && lists.contains(r#""title":"Birds (2)""#), "{lists}");
    assert!(
        lists.contains(r#""members":["https://b.example/users/eve","https://social.example/users/bob"]"#),
        "{lists}"
    );
    let filters = all(&source, CollectionKind::Filters).await;
    assert_eq!(filters.items.len(), 1, "a filter of single posts has no words to look for");
    assert!(text(filters).contains(r#""action":"hide""#));
    let settings = text(all(&source, CollectionKind::Settings).await);
    for pair in
        [("default_visibility", "followers"), ("default_language", "de"), ("approves_followers", "true")]
    {
        assert!(settings.contains(&format!(r#""name":"{}","value":"{}""#, pair.0, pair.1)), "{settings}");
    }
    let pins = text(all(&source, CollectionKind::Pins).await);
    assert!(
        pins.contains(r#"statuses/1003","position":0"#) && pins.contains(r#"statuses/1001","position":1"#),
        "{pins}"
    );
    let mutes = text(all(&source, CollectionKind::Muted).await);
    assert!(
        mutes.contains("2030-01-01T00:00:00Z") && mutes.contains(r#""hides_notifications":false"#),
        "{mutes}"
    );
    let profile = source.profile().await.unwrap();
    assert!(
        profile.summary.starts_with("<p>Likes #tea &amp; &lt;birds&gt;</p><p><a href="),
        "{}",
        profile.summary
    );
    let outline = source.outline().await.unwrap().unwrap();
    assert_eq!((outline.followers, outline.media_bytes), (Some(2), Some(18)));
}

#[tokio::test]
async fn accounts_made_since_four_five_are_named_by_number() {
    let Some(home) = home(Version::V4_5).await else { return };
    home.stage.run("update accounts set id_scheme = 1 where id in (101, 102); update statuses set uri = null where account_id = 101").await;
    let source = open(&home, "101", true).await.unwrap();
    assert_eq!(source.actor().as_str(), "https://social.example/ap/users/101");
    let posts = posts(&source).await;
    assert_eq!(posts["1001"].id.as_str(), "https://social.example/ap/users/101/statuses/1001");
    assert_eq!(posts["1001"].cc[0], "https://social.example/ap/users/101/followers");
    assert_eq!(posts["1002"].in_reply_to.as_ref().unwrap(), &posts["1001"].id);
    assert!(
        keys(&source, CollectionKind::Following)
            .await
            .contains(&"https://social.example/ap/users/102".to_owned())
    );
}

#[tokio::test]
async fn single_things_are_found_by_their_keys() {
    let Some(home) = home(Version::V4_7).await else { return };
    let source = open(&home, "101", true).await.unwrap();
    for kind in CollectionKind::ALL {
        let items = all(&source, kind).await.items;
        let keys: Vec<ItemKey> =
            items.iter().map(Item::key).chain([ItemKey::from("https://x.example/none")]).collect();
        let found = source.items(kind, &keys).await.unwrap().items;
        assert_eq!(found.len(), items.len(), "{}", kind.as_str());
        assert!(found.iter().all(|item| items.contains(item)), "{}", kind.as_str());
    }
}

#[tokio::test]
async fn a_reader_sees_one_moment_while_people_go_on_writing() {
    let Some(home) = home(Version::V4_4).await else { return };
    let source = open(&home, "101", true).await.unwrap();
    let first = source.page(CollectionKind::Content, None, 2).await.unwrap();
    home.stage
        .run("update statuses set text = 'changed' where account_id = 101; delete from favourites")
        .await;
    let rest = source.page(CollectionKind::Content, first.next.as_ref(), 10).await.unwrap();
    assert!(!json!(rest.items).to_string().contains("changed"));
    assert_eq!(source.count(CollectionKind::Liked).await.unwrap(), Some(2));
    let now = open(&home, "101", true).await.unwrap();
    assert_eq!(now.count(CollectionKind::Liked).await.unwrap(), Some(0));
}

#[tokio::test]
async fn only_accounts_of_this_server_that_somebody_signs_in_to_are_opened() {
    let Some(home) = home(Version::V4_7).await else { return };
    for account in ["201", "999", "ann", "-99", "101 or 1=1"] {
        assert!(
            matches!(open(&home, account, true).await.err(), Some(AdapterError::Fatal { .. })),
            "{account}"
        );
    }
    let file = home.disk().join("media_attachments/files/000/000/031/original/1111111111111111.png");
    fs::remove_file(file).unwrap();
    let source = open(&home, "101", true).await.unwrap();
    let Item::Media(file) = all(&source, CollectionKind::Media).await.items.remove(1) else { panic!() };
    assert!(
        matches!(read(&source, &file).await, Err(AdapterError::Item { .. })),
        "a missing file is one item's fault"
    );
}
