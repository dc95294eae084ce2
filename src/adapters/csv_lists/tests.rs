//! Files as servers write them, and files nobody should have written.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{port::fakes::FakeRemote, words::pseudo};

/// An archive with two bookmarks and nothing else.
struct Plain(Url);

#[async_trait]
impl Source for Plain {
    fn actor(&self) -> &Url {
        &self.0
    }

    fn collections(&self) -> Vec<CollectionKind> {
        vec![CollectionKind::Bookmarks]
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        Ok(Profile::default())
    }

    async fn count(&self, _: CollectionKind) -> Result<Option<u64>, AdapterError> {
        Ok(Some(1))
    }

    async fn page(&self, _: CollectionKind, _: Option<&Cursor>, _: usize) -> Result<Page, AdapterError> {
        let object = Url::parse("https://b.example/notes/0").unwrap();
        let items = vec![Item::Bookmark(Reference { object, published: None })];
        Ok(Page { items, ..Page::default() })
    }

    async fn media(&self, _: &MediaFile) -> Result<MediaStream, AdapterError> {
        Err(AdapterError::item("there is none"))
    }
}

fn tables(files: &[(&str, &str)]) -> Tables {
    let mut tables = Tables::default();
    for (name, text) in files {
        rows::read(name, text.as_bytes(), &mut tables).unwrap();
    }
    tables
}

/// The files beside an archive; b.example knows bob and cid, and nobody else answers.
fn beside(files: &[(&str, &str)]) -> (CsvLists, Arc<FakeRemote>) {
    let remote = Arc::new(FakeRemote::default());
    for name in ["bob", "cid"] {
        let finger = format!("https://b.example/.well-known/webfinger?resource=acct%3A{name}%40b.example");
        let actor = format!("https://b.example/users/{name}");
        remote.serve(&finger, &json!({"links": [{"rel": "self", "href": actor}]}));
    }
    let signer = Signer { key_id: "https://new.example/actor#main-key".into(), private_key_pem: "".into() };
    let plain = Plain(Url::parse("https://old.example/users/ann").unwrap());
    (CsvLists::new(Arc::new(plain), tables(files), remote.clone(), signer), remote)
}

async fn whole(source: &CsvLists, kind: CollectionKind) -> (Vec<String>, Vec<Unreadable>) {
    let (mut keys, mut lost, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let page = source.page(kind, cursor.as_ref(), 1).await.unwrap();
        keys.extend(page.items.iter().map(|item| item.key().as_str().to_owned()));
        lost.extend(page.unreadable);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return (keys, lost),
        }
    }
}

const BOB: &str = "https://b.example/users/bob";
const CID: &str = "https://b.example/users/cid";

#[tokio::test]
async fn files_are_told_apart_by_header_by_name_and_by_what_stands_in_them() {
    use CollectionKind as K;
    for (name, text, kind) in [
        (
            "a.csv",
            "Account address,Show boosts,Notify on new posts,Languages\nbob@b.example,true,false,",
            K::Following,
        ),
        ("a.csv", "Account address, Show boosts\nbob@b.example, true", K::Following),
        ("following_accounts.csv", "bob@b.example\n", K::Following),
        ("a.csv", "Account address,Hide notifications\nbob@b.example,true", K::Muted),
        ("muted_accounts.csv", "bob@b.example", K::Muted),
        ("blocks.csv", "bob@b.example", K::Blocked),
        ("blocked_domains.csv", "c.example", K::BlockedDomains),
        ("a.csv", "#domain\nc.example", K::BlockedDomains),
        ("lists.csv", "Birds,bob@b.example", K::Lists),
        ("a.csv", "Birds,bob@b.example", K::Lists),
        ("a.csv", "#uri\nhttps://b.example/notes/1", K::Bookmarks),
        ("a.csv", "\u{feff}https://b.example/notes/1", K::Bookmarks),
    ] {
        let read = tables(&[(name, text)]);
        assert_eq!(read.rows.keys().collect::<Vec<_>>(), [&kind], "{name}: {text}");
        assert_eq!(read.rows[&kind].len(), 1, "{name}: {text}");
    }
    for (name, text) in [("a.csv", "bob@b.example"), ("followers.csv", "bob@b.example")] {
        assert!(rows::read(name, text.as_bytes(), &mut Tables::default()).is_err(), "{name}");
    }
}

#[tokio::test]
async fn handles_become_actors_and_nobody_is_dropped() {
    let (source, _) = beside(&[
        ("following.csv", "bob@b.example\n@cid@b.example\nnobody@b.example\n=cmd()\n"),
        ("muted.csv", "Account address,Hide notifications\nbob@b.example,false\n"),
        ("lists.csv", "Birds,bob@b.example\nBirds,gone@c.example\n"),
        ("blocked_domains.csv", "C.Example\nnot a server\n"),
        ("bookmarks.csv", "https://b.example/notes/1\n"),
    ]);
    let (keys, lost) = whole(&source, CollectionKind::Following).await;
    assert_eq!(keys, [BOB, CID]);
    assert_eq!(lost.iter().map(|lost| lost.key.as_str()).collect::<Vec<_>>(), ["nobody@b.example", "=cmd()"]);
    assert_eq!(whole(&source, CollectionKind::Muted).await.0, [BOB]);
    let page = source.page(CollectionKind::Lists, None, 9).await.unwrap();
    assert!(matches!(&page.items[..], [Item::Belonging(Belonging::List(list))] if list.members.len() == 1));
    assert_eq!(page.unreadable[0].key, "Birds: gone@c.example");
    let (keys, lost) = whole(&source, CollectionKind::BlockedDomains).await;
    assert_eq!((keys, lost.len()), (vec!["c.example".to_owned()], 1));
    let (keys, _) = whole(&source, CollectionKind::Bookmarks).await;
    assert_eq!(
        keys,
        ["https://b.example/notes/0", "https://b.example/notes/1"],
        "the archive's own come first"
    );
    assert_eq!(source.count(CollectionKind::Bookmarks).await.unwrap(), Some(2));
}

#[tokio::test]
async fn what_was_chosen_about_a_follow_comes_along() {
    let header = "Account address,Show boosts,Notify on new posts,Languages";
    let text = format!("{header}\nbob@b.example,false,true,\"en, de\"\ncid@b.example,true,false,\n");
    let (source, _) = beside(&[("following.csv", &text)]);
    let page = source.page(CollectionKind::Following, None, 9).await.unwrap();
    let [Item::Follow { options: bob, .. }, Item::Follow { options: cid, .. }] = &page.items[..] else {
        panic!("{:?}", page.items)
    };
    assert_eq!((bob.shows_boosts, bob.notifies, bob.languages.join(" ").as_str()), (false, true, "de en"));
    assert!(cid.is_usual());
}

#[tokio::test]
async fn a_handle_is_asked_for_once_however_often_it_stands_there() {
    let (source, remote) = beside(&[("following.csv", "bob@b.example\n"), ("blocks.csv", "bob@b.example\n")]);
    whole(&source, CollectionKind::Following).await;
    whole(&source, CollectionKind::Blocked).await;
    assert_eq!(remote.sent().len(), 1);
}

#[test]
fn what_is_no_text_is_refused_and_what_is_too_long_is_kept_with_its_place() {
    assert!(rows::read("blocks.csv", b"\x89PNG\0\0", &mut Tables::default()).is_err());
    let long = format!("bob@b.example\n{}\n", "x".repeat(5_000));
    let read = tables(&[("blocks.csv", &long)]);
    let Row::Broken { place, .. } = &read.rows[&CollectionKind::Blocked][1] else { panic!("it was taken") };
    assert_eq!(place, "blocks.csv, line 2");
}

#[test]
fn whatever_is_said_of_a_list_comes_from_the_texts() {
    let spoken = pseudo::speak();
    let long = format!("bob@b.example\n{}\n,\n", "x".repeat(5_000));
    let read = tables(&[
        ("blocks.csv", &long),
        ("lists.csv", ",bob@b.example\n"),
        ("bookmarks.csv", "no address\n"),
        ("following_accounts.csv", "Account address,Show boosts\nbob@b.example,false\n"),
    ]);
    let broken = read.rows.values().flatten().filter_map(|row| match row {
        Row::Broken { why, .. } => Some(why.clone()),
        _ => None,
    });
    let notes = read.notes.iter().map(|(_, why)| why.clone());
    let refusals = [("blocks.csv", "\0"), ("no_name.csv", "neither this nor that\n")];
    let refusals = refusals.map(|(name, text)| rows::read(name, text.as_bytes(), &mut Tables::default()));
    let said: Vec<String> = broken.chain(notes).chain(refusals.into_iter().filter_map(Result::err)).collect();
    drop(spoken);
    assert!(said.len() >= 6 && said.iter().all(|why| pseudo::is_text(why)), "{said:?}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_fall_over_and_no_line_is_lost(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut tables = Tables::default();
        let _ = rows::read("blocks.csv", &bytes, &mut tables);
    }

    #[test]
    fn every_line_with_something_in_it_is_one_row(lines in proptest::collection::vec("[a-z@.=+]{1,20}", 1..30)) {
        let read = tables(&[("blocked_accounts.csv", &lines.join("\n"))]);
        prop_assert_eq!(read.rows[&CollectionKind::Blocked].len(), lines.len());
    }
}
