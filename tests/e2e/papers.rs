//! What an owner takes away of a copy: the lists of every item and the certificate, which holds where nobody
//! can be asked.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    lab::{
        archive,
        browser::{ANYTHING, Answer, Browser},
        home::{Home, OPEN},
        mover::Mover,
    },
    sample,
};

/// What a transfer's owner gets at one of its addresses.
async fn paper(mover: &Mover, id: &str, name: &str) -> Answer {
    let url = format!("{}/api/v1/transfers/{id}/{name}", mover.new_origin());
    let answer = mover.browser.get(&url, ANYTHING).await;
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    answer
}

/// Looks at a certificate and a list, away from any server; whether they hold, and what is said.
fn verified(at: &Path, certificate: &str, items: &str) -> (bool, String) {
    let paths = ["certificate.json", "items.jsonl"].map(|name| at.join(name));
    fs::write(&paths[0], certificate).unwrap();
    fs::write(&paths[1], items).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_godwit"));
    let output = command.arg("verify").arg(&paths[0]).arg("--items").arg(&paths[1]).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn the_lists_and_the_certificate_of_a_copy_hold_away_from_both_homes() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let id = mover.copy().await;

    let lines = paper(&mover, &id, "items.jsonl").await.text();
    let listed: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let page = paper(&mover, &id, "items").await.json();
    assert_eq!(page["items"], json!(listed), "one page holds so few");
    let table = paper(&mover, &id, "items.csv").await.text();
    assert_eq!(table.lines().count(), listed.len() + 1);
    for line in &listed {
        assert!(table.contains(line["key"].as_str().unwrap()), "{line} is not in the table");
    }
    let written = paper(&mover, &id, "items?state=written&kind=posts").await.json();
    let is_post = |line: &&Value| line["kind"] == "posts" && line["state"] == "written";
    assert_eq!(written["items"].as_array().unwrap().len(), listed.iter().filter(is_post).count());
    let missing =
        listed.iter().filter(|line| line["state"] == "failed" || line["state"] == "skipped").count();
    assert_eq!(paper(&mover, &id, "unshown.jsonl").await.text().lines().count(), missing);

    let certificate = paper(&mover, &id, "certificate").await.text();
    let (holds, said) = verified(dir.path(), &certificate, &lines);
    assert!(holds && said.contains("Everything holds") && said.contains("(trial)"), "{said}");
    let (holds, said) = verified(dir.path(), &certificate, &lines.replacen("written", "declined", 1));
    assert!(!holds && said.contains("WRONG"), "{said}");
    let (_, fewer) = lines.split_once('\n').unwrap();
    assert!(!verified(dir.path(), &certificate, fewer).0);
    let other = certificate.replacen(&new.authority, &old.authority, 1);
    assert!(other != certificate && !verified(dir.path(), &other, &lines).0);

    // A stranger gets none of them, and nobody accepts what they have not seen.
    let stranger = Browser::new();
    for name in ["items", "items.jsonl", "items.csv", "unshown.jsonl", "certificate"] {
        let url = new.at(&format!("/api/v1/transfers/{id}/{name}"));
        assert!(stranger.get(&url, ANYTHING).await.status >= 400, "{name}");
    }
    let accept = new.at(&format!("/api/v1/transfers/{id}/accept"));
    assert!(mover.browser.post_json(&accept, &json!({"differences": 1000})).await.status >= 400);

    // The last one is written when all is done, and stays what it was.
    mover.announce(&id).await;
    let certificate = paper(&mover, &id, "certificate").await.text();
    let lines = paper(&mover, &id, "items.jsonl").await.text();
    let (holds, said) = verified(dir.path(), &certificate, &lines);
    assert!(holds && said.contains("(done)"), "{said}");
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn the_list_can_be_read_while_the_copy_is_made() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive::write(dir.path(), 260, 40)).await;
    let id = mover.begin().await;
    let mut status = mover.status(&id, None).await;
    let mut seen = Vec::new();
    while status["state"] != "trial" {
        assert!(status["problem"].is_null(), "{status:#}");
        let lines = paper(&mover, &id, "items.jsonl").await.text();
        seen.push(lines.lines().count());
        status = mover.status(&id, status["version"].as_u64()).await;
    }
    let all = paper(&mover, &id, "items.jsonl").await.text().lines().count();
    assert!(all >= 300 && seen.iter().any(|part| (1..all).contains(part)), "{seen:?} of {all}");
    assert!(seen.is_sorted(), "{seen:?}");
    assert!(old.is_well() && new.is_well());
}
