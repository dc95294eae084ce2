//! Homes whose files lie in a bucket of a server that speaks S3, made by others: a move between two of
//! them, and a copy that is thrown away.

use std::collections::BTreeMap;

use reqwest::Method;

use crate::{
    lab::{
        archive,
        browser::{ANYTHING, Browser},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
    },
    s3::{KEY, Server},
};

const POSTS: usize = 30;
const FILES: usize = 12;
/// Two homes in one bucket and Ann at both, her account full at the old one.
async fn homes(server: &Server) -> ([Home; 2], Mover) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    old.tell(&format!("[media]\n{}", server.section("old")), OPEN);
    new.tell(&format!("[media]\n{}", server.section("new/media")), OPEN);
    let dir = tempfile::tempdir().unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive::write(dir.path(), POSTS, FILES)).await;
    ([old, new], mover)
}

#[tokio::test]
async fn a_move_between_homes_whose_files_lie_in_a_bucket_carries_and_serves_them_all() {
    let Some(server) = Server::start() else { return };
    let ([old, mut new], mover) = homes(&server).await;
    assert_eq!(server.files("old").len(), FILES, "an archive's files lie in the bucket");
    let id = mover.copy().await;
    let status = mover.announce(&id).await;
    comes_out_even(&status);
    assert_eq!(count(&status, "media", "destination"), u64::try_from(FILES).unwrap(), "{status:#}");
    assert_eq!(server.files("new/media"), server.files("old"), "the same bytes have the same names");
    for home in [&old, &new] {
        assert!(home.media().is_empty(), "{} keeps files on its disk: {:?}", home.origin, home.media());
        assert!(!home.log().contains(KEY), "{} has logged its key", home.origin);
    }
    let stranger = Browser::new();
    let map = mover.map(&id).await;
    let files: Vec<_> = map.iter().filter(|entry| entry["kind"] == "media").collect();
    assert_eq!(files.len(), FILES);
    for entry in files {
        let led = stranger.get(entry["old"].as_str().unwrap(), ANYTHING).await;
        assert_eq!((led.status, led.location().map(String::from).as_deref()), (301, entry["new"].as_str()));
        let url = entry["new"].as_str().unwrap();
        let whole = stranger.get(url, ANYTHING).await;
        let is_known = (0..FILES).any(|number| archive::picture(number) == whole.body);
        assert!(whole.status == 200 && is_known, "{url} is another file");
        let part = stranger.send(Method::GET, url, &[("range", "bytes=100-199")], String::new()).await;
        assert_eq!((part.status, part.body.as_slice()), (206, &whole.body[100..200]), "{url}");
        let rest = stranger.send(Method::GET, url, &[("range", "bytes=16000-")], String::new()).await;
        assert_eq!((rest.status, rest.body.as_slice()), (206, &whole.body[16000..]), "{url}");
    }
    assert!(new.is_well());
}

#[tokio::test]
async fn a_trial_thrown_away_leaves_nothing_in_the_bucket_and_can_be_made_again() {
    let Some(server) = Server::start() else { return };
    let ([old, mut new], mover) = homes(&server).await;
    let id = mover.copy().await;
    assert_eq!(server.files("new/media").len(), FILES);
    mover.press(&id, "discard").await.good();
    mover.until(&id, "discarded").await;
    assert_eq!(server.files("new/media"), BTreeMap::new());
    assert_eq!(server.files("old").len(), FILES, "nobody else's files go");
    let again = mover.copy().await;
    mover.press(&again, "keep").await.good();
    mover.until(&again, "kept").await;
    assert_eq!(server.files("new/media"), server.files("old"));
    assert!(old.log().lines().chain(new.log().lines()).all(|line| !line.contains("ERROR")), "{}", new.log());
    assert!(new.is_well());
}
