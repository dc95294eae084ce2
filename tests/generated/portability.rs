//! The tables and examples of the portability document.

use godwit::{
    config::Config,
    http::lola::MAP_BYTES,
    model::{
        collection::CollectionKind,
        digest::Digest,
        id::ItemKey,
        inventory::{Entry, Inventory, Tally},
        item::{ItemKind, Reference},
        mapping::UrlMapping,
        media::{MediaFile, MediaRole},
        moment::Moment,
        object::{Breadcrumb, Visibility},
    },
    oauth::{metadata, scope::Scope},
    site::{documents::actor, urls::Urls},
    transfer::{
        consent, departure_status, export,
        hand_over::{self, Batch, RefusedEntry, Taken},
        redirect,
        tokens::{self, Grant},
    },
    wire::{
        self,
        seal::{ALGORITHM, Seal, Sealed},
    },
};
use serde_json::{Value, json};
use url::Url;

use crate::documents::{json as shown, table};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn old() -> Url {
    url("https://old.example")
}

/// All marked parts by name.
pub fn blocks() -> Vec<(&'static str, String)> {
    vec![
        ("endpoints", shown(&json!({"endpoints": actor::endpoints(&Urls::new(old()), "ann")}))),
        ("server metadata", shown(&metadata::server(&old()))),
        ("client metadata", shown(&metadata::client(&url("https://new.example")))),
        ("scopes", scopes()),
        ("directory", directory()),
        ("collections", collections()),
        ("pages", pages()),
        ("elements", elements()),
        (
            "belongings",
            shown(&Value::Object(wire::belonging::examples(&url("https://old.example/users/ann")))),
        ),
        ("inventory", inventory()),
        ("breadcrumb", breadcrumb()),
        ("batch", batch()),
        ("taken", taken()),
        ("status", shown(&departure_status::nothing())),
        ("limits", limits()),
    ]
}

fn scopes() -> String {
    let row = |scope: Scope| {
        let what = match scope {
            Scope::Read => "read the collections the owner ticked",
            Scope::HandOver => "give back the list of new addresses; nothing else",
        };
        vec![format!("`{}`", scope.as_str()), what.to_owned()]
    };
    table(&["scope", "good for"], &Scope::ALL.map(row))
}

fn directory() -> String {
    let grant = Grant {
        consent: "c".into(),
        account: "a".into(),
        client_id: metadata::client_id(&url("https://new.example")),
        scope: Scope::Read,
        kinds: CollectionKind::ALL.to_vec(),
        includes_private: false,
    };
    shown(&json!({wire::actor::PORTABILITY: export::directory(&grant, &old(), "ann")}))
}

fn collections() -> String {
    let row = |kind: CollectionKind| {
        let holds: Vec<_> = kind.yields().iter().map(|item| item.as_str()).collect();
        let elements = match kind {
            CollectionKind::Content => "objects as they are now, without wrapper",
            CollectionKind::Outbox => "`Announce`",
            CollectionKind::Blocked => "`Block`",
            CollectionKind::Following => "actor ids; a `Follow` where something was chosen about it",
            CollectionKind::Liked => "`Like`; the bare object id where no date is known",
            CollectionKind::Bookmarks => "`Add`; the bare object id where no date is known",
            CollectionKind::Media => "`Document` with length and hash",
            CollectionKind::Muted => "`Mute`",
            CollectionKind::BlockedDomains => "`DomainBlock`",
            CollectionKind::Filters => "`Filter`",
            CollectionKind::Settings => "`PropertyValue`",
            CollectionKind::Lists => "`List`",
            CollectionKind::Pins => "`Pin`",
            CollectionKind::FeaturedTags | CollectionKind::FollowedTags => "`Hashtag`",
            CollectionKind::Notes => "`PersonalNote`",
        };
        vec![format!("`{}`", kind.as_str()), holds.join(", "), elements.to_owned()]
    };
    table(&["collection", "counted as", "elements"], &CollectionKind::ALL.map(row))
}

/// Without the context, which is long and the same everywhere.
fn bare(document: impl Into<Value>) -> Value {
    let mut document = document.into();
    document.as_object_mut().unwrap().remove("@context");
    document
}

fn pages() -> String {
    let at = url("https://old.example/godwit/lola/ann/content");
    let cursor = |cursor: &str| url(&format!("{at}?cursor={cursor}"));
    let root = wire::collection::root(&at, Some(224), Some(&cursor("")));
    let page = wire::collection::page(&cursor(""), &at, Vec::<Value>::new(), Some(&cursor("0190…")));
    format!("{}\n{}", shown(&bare(root)), shown(&bare(page)))
}

fn elements() -> String {
    let file = MediaFile {
        url: "https://old.example/media/0190…/bird.png".into(),
        fetch_url: Some("https://old.example/godwit/lola/ann/media/0190…".into()),
        role: MediaRole::Attachment,
        media_type: "image/png".into(),
        bytes: Some(48_213),
        sha256: Some("9f86d081…".into()),
    };
    let ann = url("https://old.example/users/ann");
    let reference = Reference {
        object: url("https://third.example/notes/1"),
        published: Moment::parse("2023-07-20T12:00:00Z").ok(),
    };
    let like = wire::relation::write_reference("Like", &ann, &reference);
    let bookmark = wire::relation::write_reference("Add", &ann, &reference);
    let block = wire::relation::write_block(&ann, &url("https://third.example/users/eve"));
    [wire::media::write(&file), like, bookmark, block].map(|element| shown(&element)).join("\n")
}

fn breadcrumb() -> String {
    let crumb = Breadcrumb {
        actor: Some(url("https://old.example/users/ann")),
        id: url("https://old.example/users/ann/posts/0190…"),
    };
    shown(&json!({"previously": [wire::object::write_breadcrumb(&crumb)]}))
}

/// What the sending side writes, read by the receiving side.
fn batch() -> String {
    let entry = UrlMapping {
        old: url("https://old.example/users/ann/posts/1"),
        new: url("https://new.example/users/ann/posts/2"),
        kind: ItemKind::Posts,
        visibility: Visibility::Public,
    };
    let batch = json!({"entries": [entry], "complete": true});
    assert_eq!(serde_json::from_value::<Batch>(batch.clone()).unwrap().entries.len(), 1);
    shown(&batch)
}

fn taken() -> String {
    shown(&Taken {
        accepted: 199,
        refused: vec![RefusedEntry {
            old: "https://old.example/users/bob/posts/1".into(),
            why: "the old address is not an object or file of this account".into(),
        }],
    })
}

fn inventory() -> String {
    let mut posts = Tally::for_about(224);
    let key = ItemKey::from("https://old.example/users/ann/posts/1");
    posts.add(ItemKind::Posts, &Entry { key, content: Digest::of(b"") });
    let stated = Inventory {
        actor: url("https://old.example/users/ann"),
        pass: 1,
        taken_at: Moment::from_micros(1_780_000_000_000_000),
        kinds: [(ItemKind::Posts, posts.total())].into(),
    };
    let signature = Seal {
        key_id: "https://old.example/actor#main-key".into(),
        algorithm: ALGORITHM.into(),
        value: "MEUCIQ…".into(),
    };
    shown(&Sealed { statement: json!(stated), signature })
}

fn limits() -> String {
    let config = Config::default().limits;
    let minutes = |seconds: i64| format!("{} min", seconds / 60);
    let rows = [
        ("a code lives", format!("{} s, and works once", consent::CODE_SECONDS)),
        ("an access token lives", minutes(tokens::ACCESS_SECONDS)),
        ("a refresh token lives", format!("{} days, anew with every use", tokens::REFRESH_SECONDS / 86_400)),
        ("a used refresh token still works for", minutes(tokens::GRACE_SECONDS)),
        ("client metadata is read up to", format!("{} KiB", consent::DOCUMENT_BYTES >> 10)),
        ("items on a page", format!("{} (`limits.page_items`)", config.page_items)),
        (
            "a file is copied up to",
            format!("{} MiB (`limits.media_file_bytes`)", config.media_file_bytes >> 20),
        ),
        ("a batch of the map has at most", format!("{} entries, {} MiB", hand_over::BATCH, MAP_BYTES >> 20)),
        ("a redirect is cacheable on the first day for", format!("{} s", redirect::FIRST_DAY_SECONDS)),
        ("and later for", format!("{} s", redirect::LATER_SECONDS)),
    ];
    table(&["what", "how much"], &rows.map(|(what, much)| vec![what.to_owned(), much]))
}
