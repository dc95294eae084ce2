//! A home whose database is put back to an older state sends nobody on and announces nothing until an admin
//! has looked.

use std::{fs, path::PathBuf};

use crate::{
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN},
        mover::Mover,
    },
    sample,
};

/// Stops a home, lets it live on for a while, and puts its database back to what it was before that.
fn restore(home: &mut Home) {
    let backup = home.directory("backup");
    let parts = ["sqlite", "sqlite-wal", "sqlite-shm"].map(|part| home.database().with_extension(part));
    let kept = |part: &PathBuf| backup.join(part.file_name().unwrap());
    assert!(home.stop().success());
    for part in parts.iter().filter(|part| part.exists()) {
        fs::copy(part, kept(part)).unwrap();
    }
    home.start();
    assert!(home.stop().success());
    for part in &parts {
        let _there_is_none = fs::remove_file(part);
        let _there_was_none = fs::rename(kept(part), part);
    }
    home.start();
    assert!(home.run(&["forwarding", "status"]).contains("a backup was restored"));
    assert!(home.log().contains("a backup was restored"), "{}", home.log());
}

#[tokio::test]
async fn a_restored_backup_stops_announcing_and_sending_on_until_an_admin_lets_it() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let stranger = Browser::new();
    let id = mover.copy().await;
    mover.hand_over(&id).await;
    let map = mover.map(&id).await;
    let open = |entry: &&serde_json::Value| entry["kind"] == "posts" && entry["visibility"] == "public";
    let entry = map.iter().find(open).unwrap();
    let (before, now) = (entry["old"].as_str().unwrap(), entry["new"].as_str().unwrap());
    let leads_to = async || stranger.get(before, ACTIVITY).await.location().map(String::from);
    let actor = old.actor("ann");
    let moved_to = async || stranger.get(&actor, ACTIVITY).await.good()["movedTo"].clone();

    // The last word is heard, and waits.
    restore(&mut old);
    let answer = mover.last_word().await;
    assert_eq!(answer.status, 303, "{}", answer.words());
    let page = mover.browser.get(&old.at("/departures"), PAGES).await;
    assert_eq!(page.status, 200, "{}", page.words());
    assert_eq!((leads_to().await, moved_to().await), (None, serde_json::Value::Null));
    assert_eq!(mover.status(&id, None).await["state"], "awaiting_announcement");
    assert!(old.run(&["forwarding", "thaw"]).contains("goes on"));
    assert!(old.stop().success());
    old.start();
    mover.until(&id, "done").await;
    assert_eq!(leads_to().await.as_deref(), Some(now));
    assert_eq!(moved_to().await, new.actor("ann").as_str());

    // What was announced stays so, but nobody is sent on.
    restore(&mut old);
    assert_eq!(leads_to().await, None);
    assert_eq!(moved_to().await, new.actor("ann").as_str());
    assert!(old.run(&["forwarding", "thaw"]).contains("goes on"));
    assert_eq!(leads_to().await.as_deref(), Some(now));
    assert!(old.run(&["forwarding", "status"]).contains("not frozen"));
    assert!(old.is_well() && new.is_well());
}
