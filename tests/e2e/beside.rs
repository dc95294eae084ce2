//! An archive and the lists that were downloaded beside it, brought in by one command.

use std::fs;

use serde_json::{Value, json};

use crate::lab::{
    address, archive,
    browser::{Browser, PAGES},
    home::{Home, OPEN},
    peer::{Peer, Reply},
};

const POSTS: usize = 4;

#[tokio::test]
async fn lists_beside_an_archive_come_with_it_and_whoever_cannot_be_found_is_named() {
    let others = address();
    let actor = format!("http://{others}/users/bob");
    let known = actor.clone();
    let peer = Peer::start(&others, move |asked| {
        if asked.path == "/.well-known/webfinger" && asked.query.contains("bob") {
            return Reply::json(&json!({"links": [{"rel": "self", "href": known}]}));
        }
        Reply::status(404)
    });
    let mut home = Home::new(&address(), &[&others], OPEN);
    home.account("ann");
    let dir = tempfile::tempdir().unwrap();
    let archive = archive::write(dir.path(), POSTS, 1);
    let beside = dir.path().join("lists");
    fs::create_dir(&beside).unwrap();
    let note = format!("{}/notes/1", peer.origin);
    let files = [
        ("following_accounts.csv", format!("Account address,Show boosts\nbob@{others},true\n")),
        (
            "muted_accounts.csv",
            format!("Account address,Hide notifications\nbob@{others},true\nfay@{others},true\n"),
        ),
        ("blocked_domains.csv", "#domain\nrude.example\nnot a server\n".to_owned()),
        ("lists.csv", format!("Birds,bob@{others}\n")),
        ("bookmarks.csv", format!("{note}\n")),
    ];
    for (name, text) in &files {
        fs::write(beside.join(name), text).unwrap();
    }
    let report = home.import_with(&archive, "ann", &[&beside]);
    let columns =
        |kind: &str| ["source", "destination", "failed"].map(|column| report["items"][kind][column].clone());
    for (kind, numbers) in [
        ("posts", [4, 4, 0]),
        ("media", [1, 1, 0]),
        ("following", [1, 1, 0]),
        ("muted", [2, 1, 1]),
        ("blocked_domains", [2, 1, 1]),
        ("lists", [1, 1, 0]),
        ("bookmarks", [1, 1, 0]),
    ] {
        assert_eq!(columns(kind), numbers.map(|number| json!(number)), "{kind}: {report:#}");
    }
    let reasons = report["reasons"].as_array().unwrap();
    let of = |kind: &str| reasons.iter().filter(|one: &&Value| one["kind"] == kind).count();
    assert_eq!((of("muted"), of("blocked_domains"), reasons.len()), (1, 1, 2), "{report:#}");

    home.start();
    let ann = Browser::new();
    ann.sign_in(&home.origin, "ann").await;
    let page = ann.get(&home.at("/yours"), PAGES).await.text();
    for word in ["rude.example", "Birds", &format!("@bob@{others}")] {
        assert!(page.contains(word), "{word} is missing: {page}");
    }
    let again = home.import_with(&archive, "ann", &[&beside]);
    assert_eq!(again["items"]["posts"]["destination"], 0, "twice is once: {again:#}");
    assert_eq!(again["items"]["muted"]["destination"], 0, "twice is once: {again:#}");
    assert!(home.is_well());
}
