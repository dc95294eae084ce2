//! Homes whose files lie in a bucket of a server that speaks S3, made by others: a move between two of
//! them, and a copy that is thrown away.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use reqwest::Method;
use tempfile::TempDir;

use crate::{
    lab::{
        address, archive,
        browser::{ANYTHING, Browser},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
    },
    npm::install,
};

const POSTS: usize = 30;
const FILES: usize = 12;
/// Name and key of whoever may use the bucket, as the server has them built in.
const KEY: &str = "S3RVER";

/// A server with one bucket; it ends when this is dropped.
struct Server {
    process: Child,
    address: String,
    files: TempDir,
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts one; nothing where it cannot be had and nobody requires it.
    fn start() -> Option<Self> {
        let folder = match install("s3", "tests/e2e/peers/s3", &["package.json", "package-lock.json"]) {
            Ok(folder) => folder,
            Err(why) => {
                let is_required = std::env::var_os("GODWIT_REQUIRE_PEERS").is_some();
                assert!(!is_required, "no server that speaks S3 can be had: {why}");
                eprintln!("skipped, no server that speaks S3 can be had: {why}");
                return None;
            }
        };
        let (address, files) = (address(), tempfile::tempdir().unwrap());
        let (host, port) = address.split_once(':').unwrap();
        let mut process = Command::new("node")
            .arg("node_modules/s3rver/bin/s3rver.js")
            .args(["--address", host, "--port", port, "--configure-bucket", "files", "--directory"])
            .arg(files.path())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening on") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "it ended before it listened");
        }
        Some(Self { process, address, files, _output: output })
    }

    /// What a home is told.
    fn section(&self, prefix: &str) -> String {
        format!(
            "[media]\nbucket = \"files\"\nendpoint = \"http://{}\"\nprefix = \"{prefix}\"\n\
             access_key_id = \"{KEY}\"\nsecret_access_key = \"{KEY}\"\n",
            self.address
        )
    }

    /// What lies below a prefix: names and lengths.
    fn files(&self, prefix: &str) -> BTreeMap<String, u64> {
        let mut found = BTreeMap::new();
        list(&self.files.path().join("files").join(prefix), &mut found);
        found
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn list(folder: &Path, found: &mut BTreeMap<String, u64>) {
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), found);
        } else if let Some(name) = name.strip_suffix("._S3rver_object") {
            found.insert(name.to_owned(), entry.metadata().unwrap().len());
        }
    }
}

/// Two homes in one bucket and Ann at both, her account full at the old one.
async fn homes(server: &Server) -> ([Home; 2], Mover) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    old.tell(&server.section("old"), OPEN);
    new.tell(&server.section("new/media"), OPEN);
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
