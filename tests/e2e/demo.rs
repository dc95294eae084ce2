//! The whole walk of `godwit demo`, with the made-up archive, with real ones, and with walks that were
//! tampered with: the checker must notice each.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};

/// Names the tampering to the program that runs before the last check.
const TAMPERING: &str = "GODWIT_TEST_TAMPERING";
/// Stands between the names of several.
const AND: &str = "+";
/// Names none.
const NOTHING: &str = "nothing";
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
    // The program that tampers in the tests below changes nothing here, and so no verdict.
    let result = agrees(&walk_with(NOTHING, &[]));
    assert_eq!(counts(&result), [22, 3, 4, 5, 2]);
    let audiences = json!({"public": 16, "unlisted": 3, "followers": 4, "direct": 2});
    assert_eq!(result["visibility"], audiences);
    for (kind, arrived) in [("posts", 22), ("boosts", 3), ("likes", 4), ("media", 5), ("bookmarks", 2)] {
        assert_eq!(result["items"][kind]["destination"], arrived, "{kind}");
    }
}

/// Walks between homes of which some stand beside another server, whose own ways change a few things: exactly
/// these, each as often as here; which homes hand files out says how many of them. Everybody and everything else arrives
/// as it was, and nothing is told that was hidden. Nothing where there is no PostgreSQL.
fn beside(arguments: &[&str], open_files: u64) {
    if crate::cluster::Cluster::start_or_skip().is_none() {
        return;
    }
    let output = demo(arguments, None);
    let result = agrees(&output);
    assert_eq!(counts(&result), [22, 3, 4, 5, 2], "{result:#}");
    let arrived = ["posts", "boosts", "likes", "media", "bookmarks"]
        .map(|kind| result["items"][kind]["destination"].as_u64().unwrap());
    assert_eq!(arrived, [22, 2, 1, 5, 1], "what points at posts of others stays away: {result:#}");
    assert_eq!(result["map"]["handed_over"], result["map"]["entries"], "{result:#}");
    let met: Vec<_> = result["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["what"].as_str().unwrap(), one["count"].as_u64().unwrap()))
        .collect();
    let differences = [
        ("names in full", 2),
        ("answers that stand alone", 1),
        ("previews blurred anew", 5),
        ("avatar and header cut", 2),
        ("former addresses not told", 24),
        ("posts of others not known", 5),
        ("files open by address", open_files),
    ];
    assert_eq!(met, differences, "{result:#}");
    let said = String::from_utf8_lossy(&output.stderr);
    for one in result["differences"].as_array().unwrap() {
        assert!(said.contains(one["why"].as_str().unwrap()), "{one} is not told: {said}");
    }
}

#[test]
fn an_account_moves_from_one_mastodon_to_another_whole_and_unseen() {
    beside(&["--old", "mastodon", "--new", "mastodon"], 7);
}

#[test]
fn an_account_leaves_a_mastodon_whole_and_unseen() {
    beside(&["--old", "mastodon", "--new", "own"], 5);
}

#[test]
fn an_account_comes_to_a_mastodon_whole_and_unseen() {
    beside(&["--old", "own", "--new", "mastodon"], 2);
}

#[test]
fn a_copy_beside_a_mastodon_that_was_tampered_with_is_noticed_for_everything_that_was_done_to_it() {
    if crate::cluster::Cluster::start_or_skip().is_none() {
        return;
    }
    let output = walk_with("beside", &["--old", "mastodon", "--new", "mastodon"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "nothing was noticed: {said}");
    assert!(said.contains("Not everything agrees."), "{said}");
    for words in [
        "posts: 22 stood in the archive, 21 arrived, 0 + 0 did not",
        "did not arrive",
        "its text has changed",
        "what it answers has changed",
        "the blurhash of file 1 has changed",
        "the avatar at New home is not the file it was",
        "is not the file it was (200)",
        "which is another place",
        "is a file that stays, and it answers 404 now",
        "is nobody else's business, and a stranger is told something new",
        "should be hidden, and a stranger gets",
        "is for Public, and was for Followers",
        "the like of https://friends.example/notes/stray came from nowhere",
    ] {
        let is_found = said.lines().any(|line| line.trim_start().starts_with("! ") && line.contains(words));
        assert!(is_found, "nothing was said of “{words}”: {said}");
    }
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
fn walk_with(tampering: &str, arguments: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("tamper");
    let own = std::env::current_exe().unwrap();
    // This very test program again, with the one test that does the tampering.
    let script =
        format!("#!/bin/sh\nexec '{}' --ignored --exact demo::tampers_when_told_to\n", own.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    demo(&[&["--before-check", program.to_str().unwrap()], arguments].concat(), Some(tampering))
}

/// The walk ends, and the checker says no: to each thing that was done, for the reason that its words belong to.
fn tampered(done: &[(&str, &str)]) -> Value {
    let names: Vec<&str> = done.iter().map(|(name, _)| *name).collect();
    let output = walk_with(&names.join(AND), &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    let result = result(&output);
    assert!(!output.status.success(), "{names:?} were not noticed: {said}");
    assert!(said.contains("Not everything agrees."), "{said}");
    for (name, words) in done {
        let is_found = said.lines().any(|line| line.trim_start().starts_with("! ") && line.contains(words));
        assert!(is_found, "nothing was said of “{words}”, although {name}: {said}");
    }
    result
}

#[test]
fn a_lost_post_a_wrong_address_and_a_notification_about_the_past_are_noticed() {
    let result = tampered(&[
        ("lose", "posts: 22 stood in the archive, 21 arrived, 0 + 0 did not"),
        ("mislead", "which is another place"),
        ("disturb", "the follower was notified 1 times of what is long past"),
    ]);
    assert_eq!(result["items"]["posts"]["destination"], 21);
    assert!(result["redirects"]["ok"].as_u64() < result["redirects"]["checked"].as_u64());
    assert_eq!(result["redirects"]["hidden_leaked"], 0);
    assert_eq!(result["notifications_at_follower"], 1);
}

#[test]
fn a_post_that_arrived_twice_and_a_private_one_that_answers_are_noticed() {
    let result = tampered(&[
        ("double", "posts: 22 stood in the archive, 23 arrived, 0 + 0 did not"),
        ("reveal", "is nobody else's business, and a stranger is told something new"),
    ]);
    assert_eq!(result["items"]["posts"]["destination"], 23);
    assert!(result["redirects"]["hidden_leaked"].as_u64().unwrap() > 0);
    assert_eq!(result["notifications_at_follower"], 0);
}

/// Lets the first public post's address lead to the last one.
const MISLEAD: &str = "update forwards set
     new_url = (select new_url from forwards where kind = 'posts' and visibility = 'public'
                order by old_url desc limit 1),
     new_page = (select new_page from forwards where kind = 'posts' and visibility = 'public'
                 order by old_url desc limit 1)
 where old_url = (select old_url from forwards where kind = 'posts' and visibility = 'public'
                  order by old_url limit 1)";

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
    for one in tampering.split(AND) {
        tamper(one).await;
    }
}

async fn tamper(how: &str) {
    match how {
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
            change(old, MISLEAD).await;
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
        "beside" => beside_another_server().await,
        NOTHING => {}
        other => panic!("{other} is no tampering"),
    }
}

/// A home that stands beside another server, as its configuration says: that server's database, and its files.
async fn other_server(dir: &str) -> (PgConnection, PathBuf) {
    let dir = PathBuf::from(std::env::var(dir).unwrap());
    let text = std::fs::read_to_string(dir.with_file_name("config.toml")).unwrap();
    let config: toml::Value = toml::from_str(&text).unwrap();
    let home = |name: &str| config["home"][name].as_str().unwrap().to_owned();
    (PgConnection::connect(&home("server_database")).await.unwrap(), home("media_dir").into())
}

/// One thing of each sort, at both servers.
async fn beside_another_server() {
    let (mut old, old_files) = other_server("OLD_DIR").await;
    let (mut new, new_files) = other_server("NEW_DIR").await;
    for sql in [
        "update statuses set deleted_at = now() where text = 'Quietly said'",
        "update statuses set text = 'Bred again' where text = 'Bread again'",
        "update statuses set in_reply_to_id = null, in_reply_to_account_id = null where text = 'Part two'",
        "update statuses set visibility = 0 where text = 'More for followers'",
        "update media_attachments set blurhash = 'x' where description like 'Mud flats%'",
        "insert into accounts (id, username, domain, uri, created_at, updated_at) values
             (7, 'eve', 'friends.example', 'https://friends.example/users/eve', now(), now())",
        "insert into statuses (id, account_id, text, visibility, created_at, updated_at, local, uri) values
             (7, 7, 'x', 0, '2023-01-01', now(), false, 'https://friends.example/notes/stray')",
        "insert into favourites (account_id, status_id, created_at, updated_at)
             select id, 7, now(), now() from accounts where username = 'ann' and domain is null",
    ] {
        let changed = sqlx::query(sql).execute(&mut new).await.unwrap().rows_affected();
        assert!(changed > 0, "nothing was changed by {sql}");
    }
    let sql = "update statuses set visibility = 0 where text = 'Only for those who follow me'";
    assert_eq!(sqlx::query(sql).execute(&mut old).await.unwrap().rows_affected(), 1);
    for (server, files, description, bytes) in
        [(&mut old, &old_files, "Mud flats%", None), (&mut new, &new_files, "The sun", Some("not the sun"))]
    {
        let sql = "select file_file_name::text from media_attachments where description like $1";
        let name: String = sqlx::query_scalar(sql).bind(description).fetch_one(server).await.unwrap();
        let path =
            found(&files.join("media_attachments"), &|path| path.ends_with(format!("original/{name}")));
        match bytes {
            Some(bytes) => std::fs::write(path.unwrap(), bytes).unwrap(),
            None => std::fs::remove_file(path.unwrap()).unwrap(),
        }
    }
    let mut small = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut small, image::ImageFormat::Png).unwrap();
    let avatar = found(&new_files.join("accounts/avatars"), &|path| path.is_file()).unwrap();
    std::fs::write(avatar, small.into_inner()).unwrap();
    change(&mut database("OLD_DIR").await, MISLEAD).await;
}

/// The first file below a folder that is looked for.
fn found(folder: &Path, is_it: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let mut entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.find_map(|path| if path.is_dir() { found(&path, is_it) } else { is_it(&path).then_some(path) })
}
