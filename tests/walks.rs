//! Walks through the pages of two homes in a real browser: what a person reads, presses and types.
//!
//! `GODWIT_SCREENSHOTS=folder cargo test --test walks` keeps pictures of every page on the way: phone in
//! light and dark, and a desk.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a walk that cannot go on ends here; whether a browser may be missing is said by the environment"
)]

#[path = "laboratory/address.rs"]
mod address;
#[expect(dead_code, reason = "here it is only asked whether there can be one")]
#[path = "laboratory/cluster.rs"]
mod cluster;
#[expect(dead_code, reason = "the stories of tests/e2e need more of a home")]
#[path = "e2e/lab/home.rs"]
mod home;
#[path = "laboratory/npm.rs"]
mod npm;
#[path = "../src/cli/demo/sample/mod.rs"]
mod sample;

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use address::address;
use home::{Home, OPEN, Settings};
use serde_json::{Value, json};

/// Set where a browser that is missing is a failure instead of a skipped walk.
const REQUIRED: &str = "GODWIT_REQUIRE_PEERS";

/// The walker's own files, and where they are.
const SOURCE: &str = "tests/walks/browser";
const FILES: [&str; 6] =
    ["beside.mjs", "package.json", "package-lock.json", "person.mjs", "stories.mjs", "walk.mjs"];

/// Most forms that may be sent between the box for the old address and the announced move.
const MOST_FORMS: u64 = 7;

/// What is needed beside this program: where the browser is, and a folder in which the walker runs.
fn walker() -> Result<(String, std::path::PathBuf), String> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.into_iter().find(|name| {
        Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    });
    let name = found.ok_or("there is no chromium on this machine")?;
    let path = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().unwrap();
    let folder = npm::install("walks", SOURCE, &FILES)?;
    Ok((String::from_utf8(path.stdout).unwrap().trim().to_owned(), folder))
}

/// As [`walk_under`], where everybody may come.
fn walk(story: &str) -> Option<Value> {
    walk_under(story, "")
}

/// The walker, or nothing where no browser is and none is required.
fn walker_for(story: &str) -> Option<(String, PathBuf)> {
    match walker() {
        Ok(found) => Some(found),
        Err(why) if env::var_os(REQUIRED).is_some() => {
            panic!("{REQUIRED} is set, but nobody can walk: {why}")
        }
        Err(why) => {
            eprintln!("skipped, nobody can walk {story}: {why}");
            None
        }
    }
}

/// Two homes with Ann and Bob at the old one, Ann and Eve, who answers for it, at the new one, further lines of
/// its configuration, and one story between them; gives what was counted, or nothing where no browser is and
/// none is required.
fn walk_under(story: &str, rules: &str) -> Option<Value> {
    let (chromium, folder) = walker_for(story)?;
    let [mut old, mut new] = Home::pair(&[], OPEN);
    new.configure(Settings { more: rules, ..OPEN });
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    old.account("ann");
    old.account("bob");
    new.account("ann");
    new.account("eve");
    new.run(&["account", "admin", "eve"]);
    old.import(&archive, "ann");
    if story == "everyOtherPage" {
        new.run(&["account", "admin", "ann"]);
    }
    old.start();
    new.start();
    let told = json!({
        "story": story, "chromium": chromium, "shots": shots(story), "old": old.origin, "new": new.origin,
        "oldLetters": old.database().with_file_name("mail"),
        "name": "ann", "other": "bob", "admin": "eve", "handle": format!("@ann@{}", old.authority),
        "files": files(&archive),
    });
    let counted = counted(story, &folder, &told);
    assert!(old.is_well() && new.is_well(), "{story}: a home fell over");
    Some(counted)
}

/// Where pictures of a story are kept, if anybody wants them.
fn shots(story: &str) -> Option<PathBuf> {
    env::var("GODWIT_SCREENSHOTS").ok().map(|folder| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(story);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// Lets the story be walked; what was counted.
fn counted(story: &str, folder: &Path, told: &Value) -> Value {
    let output =
        Command::new("node").args(["walk.mjs", &told.to_string()]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{story}: {}", String::from_utf8_lossy(&output.stderr));
    let counted: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(counted["complaints"], json!([]), "{story}: {counted:#}");
    counted
}

/// The homes of `godwit demo`, which stay up until this is dropped.
struct Shown(Child);

impl Drop for Shown {
    fn drop(&mut self) {
        // Asked to end, it ends what it started.
        let told = Command::new("kill").arg(self.0.id().to_string()).status();
        if told.is_ok_and(|status| status.success()) {
            drop(self.0.wait());
        }
    }
}

#[test]
fn beside_other_servers_one_signs_in_there_and_a_code_opens_what_was_left_behind() {
    let story = "besideOthers";
    if cluster::Cluster::start_or_skip().is_none() {
        return;
    }
    let Some((chromium, folder)) = walker_for(story) else { return };
    // Three ports in a row, below those that systems give away by themselves.
    let port = 21_000 + 3 * (std::process::id() % 3_000);
    let mut demo = Command::new(env!("CARGO_BIN_EXE_godwit"));
    demo.args(["demo", "--json", "--old", "mastodon", "--new", "mastodon", "--ports", &port.to_string()]);
    let mut shown = Shown(demo.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let said = BufReader::new(shown.0.stdout.take().unwrap()).lines().next();
    assert!(said.is_some_and(|line| line.is_ok()), "the demo's own walk did not end");
    let home = |name: &str, port: u32| format!("http://{name}.localhost:{port}");
    let told = json!({
        "story": story, "chromium": chromium, "shots": shots(story), "old": home("old", port),
        "new": home("new", port + 1), "name": "bea", "handle": format!("@bea@old.localhost:{port}"),
    });
    counted(story, &folder, &told);
}

/// What lies on the disk of somebody who brings an archive: the archive, a list, half of it, and something else.
fn files(archive: &Path) -> Value {
    let beside = |name: &str, bytes: &[u8]| {
        let path = archive.with_file_name(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = std::fs::read(archive).unwrap();
    json!({
        "archive": archive,
        "half": beside("half.zip", &whole[..whole.len() / 2]),
        "other": beside("letter.zip", b"Dear Ann, this is a letter."),
        "domains": beside("blocked_domains.csv", b"#domain\nspam.example\n"),
    })
}

#[test]
fn a_whole_move_takes_seven_forms_at_most_and_no_address_is_typed() {
    let Some(counted) = walk("wholeMove") else { return };
    assert!(counted["submissions"].as_u64().unwrap() <= MOST_FORMS, "{counted:#}");
}

#[test]
fn a_whole_move_goes_without_scripts() {
    let Some(counted) = walk("withoutScripts") else { return };
    assert!(counted["submissions"].as_u64().unwrap() <= MOST_FORMS, "{counted:#}");
}

#[test]
fn the_wrong_account_at_old_home_is_noticed_before_anything_is_copied() {
    walk("wrongAccount");
}

#[test]
fn an_announcement_that_waits_is_called_off_with_the_letters_link_and_the_open_page_hears_of_it() {
    walk("announcedLater");
}

#[test]
fn a_trial_is_extended_and_its_page_is_sent_what_is_new() {
    let Some(counted) = walk("extended") else { return };
    assert_eq!(counted["isMarked"], true, "the page was loaded again: {counted:#}");
}

#[test]
fn every_other_page_is_looked_at_as_well() {
    walk("everyOtherPage");
}

#[test]
fn what_was_left_behind_is_deleted_and_strangers_see_no_difference() {
    walk("deleted");
}

#[test]
fn a_taken_name_is_noticed_at_once_and_another_is_held_while_the_copy_comes() {
    walk("signingUp");
}

#[test]
fn a_no_at_old_home_leaves_nothing_behind() {
    walk("declined");
}

#[test]
fn a_name_that_nobody_has_is_said_before_anybody_signs_in() {
    let Some(counted) = walk("nobodyThere") else { return };
    assert!(counted["said"].as_str().unwrap().contains("does not know this account"), "{counted:#}");
}

#[test]
fn a_copy_is_thrown_away_without_trace() {
    walk("thrownAway");
}

#[test]
fn a_copy_is_kept_and_nobody_is_led_away() {
    walk("kept");
}

#[test]
fn who_must_be_looked_at_sees_what_the_admins_see_and_comes_without_pictures() {
    walk_under("letInWithoutPictures", "[policy.arriving.approval]\nalways = true");
}

#[test]
fn a_no_of_the_admins_is_told_with_its_reason_and_leaves_nothing_behind() {
    walk_under("notLetIn", "[policy.arriving.approval]\nalways = true");
}

#[test]
fn whoever_brings_too_much_is_told_how_much_and_comes_with_less() {
    let Some(counted) = walk_under("tooMuch", "[policy.arriving.limits]\nposts = 10") else { return };
    assert!(counted["said"].as_str().unwrap().contains("10"), "{counted:#}");
}

#[test]
fn an_archive_is_brought_through_the_browser_with_and_without_scripts() {
    walk("archive");
}

#[test]
fn who_moved_comes_back_by_the_same_way() {
    walk("comingBack");
}

#[test]
fn a_new_name_on_the_same_server_goes_the_same_way() {
    walk("anotherName");
}

#[test]
fn a_name_that_was_given_up_is_free_for_the_next() {
    walk("givenUp");
}
