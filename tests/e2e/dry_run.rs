//! `godwit import --dry-run` says what the import then does, and leaves nothing of it.

use std::path::Path;

use serde_json::Value;

use crate::{
    lab::{
        home::{Home, OPEN},
        tables,
    },
    sample,
};

/// What stays: that a copy was begun and taken back.
const TRACES: [&str; 2] = ["audit", "transfers"];

fn foreseen(home: &Home, archive: &Path) -> Value {
    let arguments = ["import", archive.to_str().unwrap(), "--account", "ann", "--dry-run", "--json"];
    serde_json::from_str(&home.run(&arguments)).unwrap()
}

/// What would come of a kind, and what would not.
fn numbers(report: &Value, kind: &str) -> (u64, u64) {
    let number = |name: &str| report["items"][kind][name].as_u64().unwrap();
    let left = number("skipped") + number("declined") + number("failed");
    (number("source") - left, left)
}

#[tokio::test]
async fn a_dry_run_says_what_the_import_then_does_and_leaves_nothing() {
    let home = Home::new(&crate::lab::address(), &[], OPEN);
    home.account("ann");
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let before = (tables::all_but(&home, &TRACES).await, home.media());
    let said = foreseen(&home, &archive);
    tables::are_equal(&before.0, &tables::all_but(&home, &TRACES).await);
    assert_eq!(before.1, home.media());
    assert!(said["forecast"]["media_bytes"].as_u64() > Some(0) && said["refused"] == Value::Array(vec![]));

    let came = home.import(&archive, "ann");
    assert_eq!(came["reasons"], said["report"]["reasons"]);
    let kinds: Vec<&String> = came["items"].as_object().unwrap().keys().collect();
    assert!(kinds.len() > 5, "{came}");
    for kind in kinds {
        let (come, _) = numbers(&said["report"], kind);
        assert_eq!(came["items"][kind]["destination"], come, "{kind}");
    }

    let (come, left) = numbers(&foreseen(&home, &archive)["report"], "posts");
    assert!(come == 0 && left > 0, "what an earlier copy brought does not come again");
}

#[tokio::test]
async fn a_dry_run_says_what_the_rules_would_answer_and_asks_nobody() {
    let home = Home::new(&crate::lab::address(), &[], OPEN);
    home.account("ann");
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    home.run(&["policy", "set", "careful"]);
    let said = foreseen(&home, &archive);
    assert_eq!(said["looked_at_first"].as_array().unwrap().len(), 1, "{said}");
    assert!(numbers(&said["report"], "posts").0 > 0, "all was read");
    assert_eq!(tables::number(&home, "select count(*) from applications").await, 0);
    home.run(&["policy", "set", "closed"]);
    let refused = home.fails(&["import", archive.to_str().unwrap(), "--account", "ann", "--dry-run"]);
    assert!(refused.contains("accepts accounts from nobody"), "{refused}");
    assert_eq!(tables::number(&home, "select count(*) from items").await, 0);
}
