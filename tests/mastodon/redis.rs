//! A real Redis, as the server beside us has one; reached through a socket that only this user can open.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::UnixStream,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// It runs until this is dropped.
pub struct Redis {
    child: Child,
    dir: TempDir,
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Redis {
    /// Starts one; `None` where none is installed, unless the environment says that none may be missing.
    pub fn start_or_skip() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let started = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocketperm", "700"])
            .arg("--unixsocket")
            .arg(dir.path().join("socket"))
            .arg("--dir")
            .arg(dir.path())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = started else {
            assert!(std::env::var_os("GODWIT_REQUIRE_PEERS").is_none(), "redis-server is not installed");
            eprintln!("skipped: redis-server is not installed");
            return None;
        };
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_ready = |line: &std::io::Result<String>| {
            line.as_ref().is_ok_and(|line| line.to_lowercase().contains("ready to accept connections"))
        };
        assert!(said.any(|line| is_ready(&line)), "it ended before it was ready");
        // Whoever stops listening would make it die of its next word.
        std::thread::spawn(move || said.for_each(drop));
        Some(Self { child, dir })
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("unix://{}", self.dir.path().join("socket").display())
    }

    /// Says a word as a person would type it; gives the lines of the answer.
    pub fn say(&self, word: &str) -> Vec<String> {
        let mut stream = UnixStream::connect(self.dir.path().join("socket")).unwrap();
        stream.write_all(format!("{word}\r\nQUIT\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let mut lines: Vec<String> = answer.lines().map(str::to_owned).collect();
        assert_eq!(lines.pop().as_deref(), Some("+OK"), "the farewell");
        lines
    }

    /// The members of a set.
    pub fn members(&self, set: &str) -> Vec<String> {
        let answer = self.say(&format!("SMEMBERS {set}"));
        answer.into_iter().filter(|line| !line.starts_with(['*', '$'])).collect()
    }
}
