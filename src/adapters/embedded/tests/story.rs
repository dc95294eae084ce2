//! A small account to be copied, and the way an engine copies it: reserve all, then write all.

use std::collections::BTreeMap;

use url::Url;

use crate::{
    adapters::embedded::{EmbeddedDestination, EmbeddedSource},
    model::{
        actor::Profile,
        belonging::Belonging,
        collection::{CollectionKind, Page},
        follow::FollowOptions,
        id::{ItemKey, TransferId},
        item::{Boost, Item, ItemKind, Reference},
        media::Attachment,
        moment::Moment,
        object::{Object, Tag, TagKind, Tallies, Visibility},
    },
    port::{
        destination::{Destination, Prepared, StoredBlob, Wanted, Written},
        source::Source,
    },
    site::{accounts::Account, fixture::Fixture},
    wire,
};

/// Bytes of the picture that posts show.
pub(super) const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\npicture";

/// A server with the account `ann`, and one transfer to it.
pub(super) struct Story {
    pub(super) fixture: Fixture,
    pub(super) ann: Account,
    pub(super) destination: EmbeddedDestination,
    pub(super) transfer: TransferId,
}

impl Story {
    pub(super) async fn begin() -> Self {
        let fixture = Fixture::open().await;
        let ann = fixture.account("ann").await;
        let destination = EmbeddedDestination::new(fixture.site.clone());
        Self { fixture, ann, destination, transfer: TransferId::from("transfer-1") }
    }

    /// The same account again by another transfer.
    pub(super) fn again(&self, transfer: &str) -> (EmbeddedDestination, TransferId) {
        (self.destination.clone(), TransferId::from(transfer))
    }

    /// Copies items as the engine does; files named in `files` are attached to the posts that show them.
    pub(super) async fn copy(
        &self,
        transfer: &TransferId,
        account: &Account,
        items: Vec<Item>,
        files: &[(&str, StoredBlob)],
    ) -> Vec<Written> {
        let batch = self.prepared(transfer, account, items, files).await;
        self.destination.write(transfer, &account.id, batch).await.unwrap()
    }

    /// Items under the addresses they are given, with their files.
    pub(super) async fn prepared(
        &self,
        transfer: &TransferId,
        account: &Account,
        items: Vec<Item>,
        files: &[(&str, StoredBlob)],
    ) -> Vec<Prepared> {
        let wanted = |key: ItemKey, kind, published, file_name: Option<&str>| Wanted {
            key,
            kind,
            published,
            rank: 0,
            file_name: file_name.map(str::to_owned),
            media_type: None,
        };
        let media: Vec<Wanted> = files
            .iter()
            .map(|(url, _)| wanted(ItemKey::from(*url), ItemKind::Media, None, url.rsplit('/').next()))
            .collect();
        let media = self.destination.reserve(transfer, &account.id, &media).await.unwrap();
        let blobs: BTreeMap<_, _> = media
            .iter()
            .zip(files)
            .map(|(place, (_, blob))| (place.url.to_string(), (place.local_id.clone(), blob.clone())))
            .collect();
        let others: Vec<Wanted> = items
            .iter()
            .map(|item| wanted(item.key(), item.kind(), item.published().cloned(), None))
            .collect();
        let others = self.destination.reserve(transfer, &account.id, &others).await.unwrap();
        let batch = others.into_iter().zip(items).map(|(reservation, mut item)| {
            if let Item::Post(object) = &mut item {
                for attachment in &mut object.attachments {
                    if let Some(place) = media.iter().find(|place| place.key.as_str() == attachment.url) {
                        attachment.url = place.url.to_string();
                    }
                }
            }
            Prepared { reservation, item, blobs: blobs.clone() }
        });
        batch.collect()
    }

    /// Copies a little of everything, a profile with a picture included.
    pub(super) async fn copy_everything(&self) -> Vec<Written> {
        let blob = self.fixture.blob(PICTURE).await;
        let second = self.fixture.blob(b"\x89PNG\r\n\x1a\nsecond").await;
        let avatar = self.fixture.blob(b"\x89PNG\r\n\x1a\nface").await;
        let profile =
            Profile { name: "Ann".into(), summary: "<p>hi<script>x</script></p>".into(), fields: vec![] };
        self.destination
            .write_profile(&self.transfer, &self.ann.id, profile, Some(avatar), None)
            .await
            .unwrap();
        let files = [("https://old.example/media/a.png", blob), ("https://old.example/media/b.png", second)];
        self.copy(&self.transfer, &self.ann, everything(), &files).await
    }

    pub(super) async fn release(&self) {
        self.destination.release(&self.transfer, &self.ann.id).await.unwrap();
    }

    /// The account opened by its owner, as it stands now.
    pub(super) async fn source(&self, includes_private: bool) -> EmbeddedSource {
        let account = self.fixture.site.account(&self.ann.id).await.unwrap().unwrap();
        EmbeddedSource::new(self.fixture.site.clone(), account, includes_private)
    }
}

/// All items of a collection, read with pages of `limit`.
pub(super) async fn read(source: &EmbeddedSource, kind: CollectionKind, limit: usize) -> Vec<Item> {
    let (mut items, mut cursor) = (Vec::new(), None);
    loop {
        let Page { items: more, unreadable, next, .. } =
            source.page(kind, cursor.as_ref(), limit).await.unwrap();
        assert!(unreadable.is_empty(), "{unreadable:?}");
        assert!(more.len() <= limit);
        items.extend(more);
        match next {
            Some(next) => cursor = Some(next),
            None => return items,
        }
    }
}

pub(super) fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// Three posts (one direct), two boosts, like, bookmark, follow, block, and one of each belonging.
pub(super) fn everything() -> Vec<Item> {
    let pointer = |object: &str| Reference { object: url(object), published: None };
    let mut all = vec![
        post(1, Visibility::Public, Some("https://old.example/media/a.png")),
        post(2, Visibility::Direct, Some("https://old.example/media/b.png")),
        post(3, Visibility::Unlisted, None),
        boost(4, Visibility::Public),
        boost(5, Visibility::Followers),
        Item::Like(pointer("https://b.example/notes/1")),
        Item::Bookmark(pointer("https://b.example/notes/1")),
        Item::Follow { actor: url("https://b.example/users/bob"), options: FollowOptions::default() },
        Item::Block { actor: url("https://c.example/users/cid") },
    ];
    all.extend(belongings().into_iter().map(Item::Belonging));
    all
}

/// One of each belonging.
pub(super) fn belongings() -> Vec<Belonging> {
    let examples = wire::belonging::examples(&url("https://new.example/users/ann"));
    let read = |kind: ItemKind| Some(wire::belonging::read(kind, examples.get(kind.as_str())?).unwrap());
    ItemKind::ALL.into_iter().filter_map(read).collect()
}

pub(super) fn boost(second: u8, visibility: Visibility) -> Item {
    Item::Boost(Boost {
        id: url(&format!("https://old.example/boosts/{second}")),
        object: url("https://b.example/notes/1"),
        published: Moment::parse(&format!("2020-01-01T00:00:{second:02}Z")).unwrap(),
        visibility,
        previously: vec![],
    })
}

pub(super) fn post(second: u8, visibility: Visibility, file: Option<&str>) -> Item {
    Item::Post(Box::new(Object {
        id: url(&format!("https://old.example/posts/{second}")),
        url: None,
        other_urls: vec![],
        kind: "Note".into(),
        attributed_to: url("https://new.example/users/ann"),
        name: None,
        content: "<p>text<img src=x onerror=y()></p>".into(),
        source: None,
        summary: None,
        is_sensitive: false,
        language: None,
        published: Moment::parse(&format!("2020-01-01T00:00:{second:02}Z")).unwrap(),
        updated: None,
        visibility,
        to: vec![],
        cc: vec![],
        in_reply_to: None,
        quote: None,
        tags: vec![Tag {
            kind: TagKind::Hashtag,
            name: "#Moving".into(),
            href: Some("javascript:x()".into()),
        }],
        attachments: file
            .map(|file| Attachment {
                url: file.to_owned(),
                media_type: "text/html".into(),
                alt: None,
                blurhash: None,
                focal_point: None,
                width: None,
                height: None,
            })
            .into_iter()
            .collect(),
        poll: None,
        previously: vec![],
        tallies: Tallies::default(),
        answers: Vec::new(),
        earlier: Vec::new(),
    }))
}
