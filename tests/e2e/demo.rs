//! The whole walk of `godwit demo`, with the made-up archive, with real ones, and with walks that were
//! tampered with: the checker must notice each.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

/// Names the tampering to the program that runs before the last check.
const TAMPERING: &str = "GODWIT_TEST_TAMPERING";
/// Three servers at a time are enough for one machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn demo(arguments: &[&str], tampering: Option<&str>) -> Output {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new(env!("CARGO_BIN_EXE_godwit"));
    command.args(["demo", "--once", "--json"]).args(arguments);
    if let Some(tampering) = tampering {
        command.env(TAMPERING, tampering);
    }
    command.output().unwrap()
}

/// The one JSON object on stdout.
fn result(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "not exactly one line on stdout: {text}\n{said}");
    serde_json::from_str(&text).unwrap()
}

fn agrees(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let result = result(output);
    for kind in ["posts", "boosts", "likes", "media", "bookmarks"] {
        let number = |field: &str| result["items"][kind][field].as_u64().unwrap();
        assert_eq!(number("source"), number("destination") + number("skipped") + number("failed"), "{kind}");
    }
    assert_eq!(result["redirects"]["checked"], result["redirects"]["ok"]);
    assert_eq!(result["redirects"]["hidden_leaked"], 0);
    assert!(result["redirects"]["hidden_checked"].as_u64().unwrap() > 0);
    let follower =
        json!({"followed_old_before": true, "follows_new_after": true, "follows_old_after": false});
    assert_eq!(result["follower"], follower);
    assert_eq!(result["notifications_at_follower"], 0);
    result
}

fn counts(result: &Value) -> [u64; 5] {
    ["posts", "boosts", "likes", "media", "bookmarks"]
        .map(|kind| result["items"][kind]["source"].as_u64().unwrap())
}

#[test]
fn the_made_up_archive_walks_through_and_everything_agrees() {
    let result = agrees(&demo(&[], None));
    assert_eq!(counts(&result), [22, 3, 4, 5, 2]);
    let audiences = json!({"public": 16, "unlisted": 3, "followers": 4, "direct": 2});
    assert_eq!(result["visibility"], audiences);
    for (kind, arrived) in [("posts", 22), ("boosts", 3), ("likes", 4), ("media", 5), ("bookmarks", 2)] {
        assert_eq!(result["items"][kind]["destination"], arrived, "{kind}");
    }
}

/// Walks between homes of which some stand beside another server, whose own ways change a few things that the
/// checker names: pictures are cut anew, posts know no `previously`. Everybody and everything arrives all the same,
/// and nothing is told that was hidden. Nothing where there is no PostgreSQL.
fn beside(arguments: &[&str]) {
    if crate::cluster::Cluster::start_or_skip().is_none() {
        return;
    }
    let output = demo(arguments, None);
    let result: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let [posts, boosts, ..] = counts(&result);
    assert_eq!([posts, boosts], [22, 3], "{result:#}");
    for (kind, counts) in result["items"].as_object().unwrap() {
        let of = |name: &str| counts[name].as_u64().unwrap();
        assert_eq!(of("source"), of("destination") + of("skipped"), "{kind}: {result:#}");
    }
    assert_eq!(result["items"]["posts"]["destination"], 22, "{result:#}");
    assert_eq!(result["map"]["handed_over"], result["map"]["entries"], "{result:#}");
    assert_eq!(result["redirects"]["hidden_leaked"], 0, "{result:#}");
    assert_eq!(result["follower"]["follows_new_after"], true, "{result:#}");
    assert_eq!(result["notifications_at_follower"], 0, "{result:#}");
}

#[test]
fn an_account_moves_from_one_mastodon_to_another_whole_and_unseen() {
    beside(&["--old", "mastodon", "--new", "mastodon"]);
}

#[test]
fn an_account_leaves_a_mastodon_whole_and_unseen() {
    beside(&["--old", "mastodon"]);
}

#[test]
fn an_account_comes_to_a_mastodon_whole_and_unseen() {
    beside(&["--new", "mastodon"]);
}

/// The named real archive, if the machine has it.
fn real(name: &str) -> Option<PathBuf> {
    let dir = std::env::var_os("GODWIT_ARCHIVES");
    let path = dir.map(|dir| Path::new(&dir).join(name)).filter(|path| path.exists());
    if path.is_none() {
        eprintln!("skipped: GODWIT_ARCHIVES does not name a folder with {name}");
    }
    path
}

#[test]
fn a_real_archive_of_224_items_walks_through_and_everything_agrees() {
    let Some(path) = real("real-2022.tar.gz") else {
        return;
    };
    let result = agrees(&demo(&["--archive", path.to_str().unwrap()], None));
    assert_eq!(counts(&result), [190, 34, 147, 8, 0]);
    let audiences = json!({"public": 218, "unlisted": 2, "followers": 3, "direct": 1});
    assert_eq!(result["visibility"], audiences);
}

#[test]
fn a_real_archive_of_18_items_walks_through_and_everything_agrees() {
    let Some(path) = real("real-2023.zip") else { return };
    let result = agrees(&demo(&["--archive", path.to_str().unwrap()], None));
    assert_eq!(counts(&result), [18, 0, 3, 1, 0]);
}

/// Walks with a program before the last check, which is this very test program again with the one test
/// that does the tampering.
fn walk_with(tampering: &str) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("tamper");
    let own = std::env::current_exe().unwrap();
    // This very test program again, with the one test that does the tampering.
    let script =
        format!("#!/bin/sh\nexec '{}' --ignored --exact demo::tampers_when_told_to\n", own.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    demo(&["--before-check", program.to_str().unwrap()], Some(tampering))
}

/// The walk ends, and the checker says no, for the reason that these words belong to.
fn tampered(tampering: &str, words: &str) -> Value {
    let output = walk_with(tampering);
    let said = String::from_utf8_lossy(&output.stderr);
    let result = result(&output);
    assert!(!output.status.success(), "{tampering} was not noticed: {said}");
    assert!(said.contains("Not everything agrees."), "{said}");
    let is_found = said.lines().any(|line| line.trim_start().starts_with("! ") && line.contains(words));
    assert!(is_found, "{tampering} was noticed for another reason than “{words}”: {said}");
    result
}

#[test]
fn a_program_that_changes_nothing_before_the_check_changes_no_verdict() {
    agrees(&walk_with("nothing"));
}

#[test]
fn a_post_that_got_lost_is_noticed() {
    let result = tampered("lose", "posts: 22 stood in the archive, 21 arrived, 0 + 0 did not");
    assert_eq!(result["items"]["posts"]["destination"], 21);
}

#[test]
fn a_post_that_arrived_twice_is_noticed() {
    let result = tampered("double", "posts: 22 stood in the archive, 23 arrived, 0 + 0 did not");
    assert_eq!(result["items"]["posts"]["destination"], 23);
}

#[test]
fn an_address_that_leads_to_the_wrong_post_is_noticed() {
    let result = tampered("mislead", "which is another place");
    assert!(result["redirects"]["ok"].as_u64() < result["redirects"]["checked"].as_u64());
}

#[test]
fn a_private_post_that_answers_is_noticed() {
    let result = tampered("reveal", "is nobody else's business, and a stranger is told something new");
    assert!(result["redirects"]["hidden_leaked"].as_u64().unwrap() > 0);
}

#[test]
fn a_notification_about_the_past_is_noticed() {
    let result = tampered("disturb", "the follower was notified 1 times of what is long past");
    assert_eq!(result["notifications_at_follower"], 1);
}

async fn database(dir: &str) -> SqliteConnection {
    let dir = std::env::var(dir).unwrap();
    let path = Path::new(&dir).join("godwit.sqlite");
    assert!(path.exists(), "{} is not there", path.display());
    SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

async fn change(database: &mut SqliteConnection, sql: &'static str) {
    let changed = sqlx::query(sql).execute(database).await.unwrap().rows_affected();
    assert!(changed > 0, "nothing was changed by {sql}");
}

/// Not a test: the program of the tampered walks. Without its variable it does nothing.
#[tokio::test]
#[ignore = "tampers with a running walk; started by the tests above"]
async fn tampers_when_told_to() {
    let Ok(tampering) = std::env::var(TAMPERING) else {
        return;
    };
    match tampering.as_str() {
        "lose" => {
            let new = &mut database("NEW_DIR").await;
            change(
                new,
                "delete from posts where id = (select max(id) from posts where id not in
                 (select post_id from post_tags))",
            )
            .await;
        }
        "double" => {
            let new = &mut database("NEW_DIR").await;
            change(
                new,
                "insert into posts (id, account_id, object, visibility, published_at, in_reply_to, is_reply,
                     transfer_id, is_trial, deleted_at)
                 select substr(id, 1, 24) || 'ffffffffffff', account_id,
                     replace(object, id, substr(id, 1, 24) || 'ffffffffffff'), visibility, published_at,
                     in_reply_to, is_reply, transfer_id, is_trial, deleted_at
                 from posts order by id limit 1",
            )
            .await;
        }
        "mislead" => {
            let old = &mut database("OLD_DIR").await;
            change(
                old,
                "update forwards set
                     new_url = (select new_url from forwards where kind = 'posts' and visibility = 'public'
                                order by old_url desc limit 1),
                     new_page = (select new_page from forwards where kind = 'posts' and visibility = 'public'
                                 order by old_url desc limit 1)
                 where old_url = (select old_url from forwards where kind = 'posts' and visibility = 'public'
                                  order by old_url limit 1)",
            )
            .await;
        }
        "reveal" => {
            let old = &mut database("OLD_DIR").await;
            change(
                old,
                "update posts set visibility = 'public', object = json_set(object, '$.visibility', 'public',
                     '$.to', json('[\"https://www.w3.org/ns/activitystreams#Public\"]'))
                 where visibility = 'followers'",
            )
            .await;
        }
        "disturb" => {
            let third = &mut database("THIRD_DIR").await;
            change(
                third,
                "insert into notifications (id, account_id, kind, actor, subject, created_at)
                 select '01890a5d-ac96-774b-bcce-b302099a8057', id, 'mention', 'https://birds.example/users/ann',
                     null, created_at from accounts",
            )
            .await;
        }
        "nothing" => {}
        other => panic!("{other} is no tampering"),
    }
}
