//! A server that speaks S3, made by others, with one bucket.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

use crate::npm::install;

/// Name and key of whoever may use the bucket, as the server has them built in.
pub const KEY: &str = "S3RVER";
/// The bucket.
pub const BUCKET: &str = "files";
/// What the server's own files for one of the bucket's end in: its bytes, and what is said of it.
const BYTES: &str = "._S3rver_object";
const SAID: &str = "._S3rver_metadata.json";

/// A server with one bucket; it ends when this is dropped.
pub struct Server {
    process: Child,
    pub address: String,
    files: TempDir,
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts one; nothing where it cannot be had and nobody requires it.
    pub fn start() -> Option<Self> {
        let folder = match install("s3", "tests/e2e/peers/s3", &["package.json", "package-lock.json"]) {
            Ok(folder) => folder,
            Err(why) => {
                let is_required = std::env::var_os("GODWIT_REQUIRE_PEERS").is_some();
                assert!(!is_required, "no server that speaks S3 can be had: {why}");
                eprintln!("skipped, no server that speaks S3 can be had: {why}");
                return None;
            }
        };
        let files = tempfile::tempdir().unwrap();
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let mut process = Command::new("node")
            .arg("node_modules/s3rver/bin/s3rver.js")
            .args(["--address", &address.ip().to_string(), "--port", &address.port().to_string()])
            .args(["--configure-bucket", BUCKET, "--directory"])
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
        Some(Self { process, address: address.to_string(), files, _output: output })
    }

    /// What a configuration is told, below the head of its section.
    pub fn section(&self, prefix: &str) -> String {
        format!(
            "bucket = \"{BUCKET}\"\nendpoint = \"http://{}\"\nprefix = \"{prefix}\"\n\
             access_key_id = \"{KEY}\"\nsecret_access_key = \"{KEY}\"\n",
            self.address
        )
    }

    /// What lies below a prefix: names without it, and the bytes.
    pub fn files(&self, prefix: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let root = self.files.path().join(BUCKET).join(prefix);
        list(&root, &root, &mut found);
        found
    }

    /// What is said of a file: its headers.
    pub fn said(&self, name: &str) -> serde_json::Value {
        let path = self.files.path().join(BUCKET).join(format!("{name}{SAID}"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn list(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            list(root, &path, found);
        } else if let Some(name) = path.strip_prefix(root).unwrap().to_str().unwrap().strip_suffix(BYTES) {
            found.insert(name.to_owned(), fs::read(&path).unwrap());
        }
    }
}
