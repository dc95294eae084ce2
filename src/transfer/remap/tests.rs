//! The laws of rewriting.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    model::{
        id::{AccountId, ItemKey, LocalId},
        item::ItemKind,
        object::Visibility,
    },
    wire,
};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn sides() -> Sides {
    Sides {
        source_actor: url("https://old.example/users/ann"),
        account: HostAccount {
            id: AccountId::from("1"),
            username: "ann".into(),
            actor: url("https://new.example/users/ann"),
            page: url("https://new.example/@ann"),
            moved_to: None,
            also_known_as: Vec::new(),
        },
    }
}

fn reserved(n: u32) -> Reservation {
    Reservation {
        key: ItemKey::from(format!("https://old.example/users/ann/statuses/{n}")),
        kind: ItemKind::Posts,
        local_id: LocalId::from(n.to_string()),
        url: url(&format!("https://new.example/users/ann/posts/{n}")),
        page: Some(url(&format!("https://new.example/@ann/{n}"))),
    }
}

fn known() -> Known {
    let mut known = Known::default();
    for n in 0..4 {
        for address in
            [format!("https://old.example/users/ann/statuses/{n}"), format!("https://old.example/@ann/{n}")]
        {
            known.posts.insert(address, reserved(n));
        }
    }
    known.files.insert("https://old.example/a.png".into(), url("https://new.example/media/1/a.png"));
    known
}

fn post(content: &str, reply_to: Option<&str>, to: &[&str]) -> Object {
    let value = json!({
        "id": "https://old.example/users/ann/statuses/3", "type": "Note",
        "attributedTo": "https://old.example/users/ann", "published": "2022-05-06T07:08:09.120Z",
        "content": content, "inReplyTo": reply_to, "to": to,
        "attachment": [{"type": "Document", "url": "https://old.example/a.png"},
                       {"type": "Document", "url": "https://old.example/gone.png"}],
        "tag": [{"type": "Mention", "href": "https://b.example/users/bob", "name": "@bob@b.example"}],
    });
    wire::object::read(&value, None).unwrap()
}

fn remapped(object: Object) -> Object {
    let Item::Post(post) = remap(&Item::Post(Box::new(object)), &reserved(3), &sides(), &known()) else {
        panic!("a post stays a post")
    };
    *post
}

#[test]
fn a_reply_to_an_own_post_points_at_its_new_id() {
    let out = remapped(post("", Some("https://old.example/users/ann/statuses/1"), &[]));
    assert_eq!(out.in_reply_to.unwrap().as_str(), "https://new.example/users/ann/posts/1");
    let out = remapped(post("", Some("https://b.example/notes/1"), &[]));
    assert_eq!(out.in_reply_to.unwrap().as_str(), "https://b.example/notes/1");
}

#[test]
fn links_to_own_posts_in_any_spelling_lead_to_the_new_page() {
    let html = r#"<p><a href="https://old.example/@ann/1">one</a> <a href='https://old.example/users/ann/statuses/2'>two</a>
        <a href="https://elsewhere.example/?a=1&amp;b=2">other</a> https://old.example/@ann/1</p>"#;
    let out = remapped(post(html, None, &[])).content;
    assert!(out.contains(r#"href="https://new.example/@ann/1""#), "{out}");
    assert!(out.contains("href='https://new.example/@ann/2'"), "{out}");
    assert!(out.contains("https://elsewhere.example/?a=1&amp;b=2"), "{out}");
}

#[test]
fn the_date_is_kept_to_the_digit_and_the_old_id_becomes_a_breadcrumb() {
    let out = remapped(post("", None, &[]));
    assert_eq!(out.published.text(), "2022-05-06T07:08:09.120Z");
    assert_eq!(out.previously[0].id.as_str(), "https://old.example/users/ann/statuses/3");
    assert_eq!(out.previously[0].actor.as_ref().unwrap(), &sides().source_actor);
}

#[test]
fn a_file_that_did_not_arrive_is_not_shown() {
    let out = remapped(post("", None, &[]));
    assert_eq!(out.attachments.len(), 1);
    assert_eq!(out.attachments[0].url, "https://new.example/media/1/a.png");
}

#[test]
fn the_old_followers_become_the_new_ones() {
    let out = remapped(post("", None, &["https://old.example/users/ann/followers"]));
    assert_eq!(out.visibility, Visibility::Followers);
    assert!(out.to.contains(&"https://new.example/users/ann/followers".to_owned()));
}

proptest! {
    #[test]
    fn visibility_never_widens(to in prop::collection::vec("(as:Public|https://(old|b)\\.example/users/(ann|bob)(/followers)?)", 0..4)) {
        let to: Vec<&str> = to.iter().map(String::as_str).collect();
        let before = post("", None, &to);
        let after = remapped(before.clone());
        let followers = sides().followers().unwrap();
        let seen = audience::visibility(&after.to, &after.cc, &after.attributed_to, Some(&followers));
        prop_assert!(seen >= before.visibility, "{:?} became {:?}", before.visibility, seen);
        if before.visibility > Visibility::Unlisted {
            let bob = "https://b.example/users/bob".to_owned();
            let reads = |post: &Object| post.to.contains(&bob) || post.cc.contains(&bob);
            prop_assert!(reads(&before) || !reads(&after), "who is only named is not let in: {:?}", after);
        }
    }

    #[test]
    fn rewriting_twice_is_rewriting_once(content in ".{0,200}", n in 0_u32..6) {
        let html = format!("{content}<a href=\"https://old.example/@ann/{n}\">x</a>{content}");
        let once = remapped(post(&html, None, &["as:Public"]));
        let mut known = known();
        known.files.insert("https://new.example/media/1/a.png".into(), url("https://new.example/media/1/a.png"));
        let twice = remap(&Item::Post(Box::new(once.clone())), &reserved(3), &sides(), &known);
        let Item::Post(twice) = twice else { panic!("a post stays a post") };
        prop_assert_eq!(&twice.content, &once.content);
        prop_assert_eq!(&twice.attachments, &once.attachments);
        prop_assert_eq!(&twice.to, &once.to);
    }

    #[test]
    fn text_without_mapped_links_is_not_touched(content in ".{0,300}") {
        prop_assert_eq!(remap_links(&content, &Known::default()), content);
    }
}

#[test]
fn links_to_own_posts_lead_to_the_new_page_in_what_was_typed_and_in_earlier_versions_too() {
    let mut object = post("", None, &[]);
    let typed =
        "see https://old.example/@ann/1, https://old.example/users/ann/statuses/2 and https://x.example/1";
    let source = Some(SourceText { content: typed.into(), media_type: "text/plain".into() });
    object.source.clone_from(&source);
    let shown = object.attachments.clone();
    object.earlier.push(Earlier {
        written: object.published.clone(),
        content: r#"<a href="https://old.example/@ann/1">before</a>"#.into(),
        source,
        summary: None,
        is_sensitive: false,
        attachments: shown,
        options: Vec::new(),
    });
    for named in ["https://old.example/@ann/1", "https://old.example/users/ann/statuses/2"] {
        assert!(addresses(&Item::Post(Box::new(object.clone()))).contains(&named.to_owned()), "{named}");
    }
    let once = remapped(object);
    let new = "see https://new.example/@ann/1, https://new.example/@ann/2 and https://x.example/1";
    assert_eq!(once.source.as_ref().unwrap().content, new);
    let before = &once.earlier[0];
    assert_eq!(before.source.as_ref().unwrap().content, new);
    assert_eq!(before.content, r#"<a href="https://new.example/@ann/1">before</a>"#);
    assert_eq!(before.attachments.len(), 1, "a file that did not arrive is not shown there either");
    let twice = remapped(once.clone());
    assert_eq!((twice.source, twice.earlier[0].source.clone()), (once.source.clone(), once.source));
}
