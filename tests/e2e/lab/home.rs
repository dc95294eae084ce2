//! One home: a configuration, a directory, and a process that can be killed and started again.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// What a home is told beyond its address.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// `policy.arrivals`, as it stands in the file.
    pub arrivals: &'a str,
    /// `policy.departures`, likewise.
    pub departures: &'a str,
    /// `limits.page_items`.
    pub page_items: u32,
    /// Further lines: of `[limits]` first, then tables of their own.
    pub more: &'a str,
}

/// Everybody may come and go; pages are short, so that many are turned.
pub const OPEN: Settings<'static> =
    Settings { arrivals: "\"anyone\"", departures: "\"anyone\"", page_items: 10, more: "" };

/// The stack of each thread of a home, in bytes: three quarters of what it has where people use it, so that what grows
/// towards the end of it is noticed here first.
const NARROW: &str = "1572864";

/// A home; its process ends when this is dropped.
pub struct Home {
    /// Scheme, address and port.
    pub origin: String,
    /// Address and port, as they stand in handles.
    pub authority: String,
    /// Where its process listens: at its address, behind something that stands there, or at another
    /// address for a second daemon of the same home.
    listen: String,
    /// A PostgreSQL, or nothing for SQLite.
    database_url: String,
    reachable: Vec<String>,
    /// Further lines of its configuration, a section or more.
    more: String,
    running: Option<Running>,
    dir: TempDir,
}

/// A process, and its output, which stays open: a closed pipe would end it.
struct Running {
    child: Child,
    _output: BufReader<ChildStdout>,
}

/// The password of an account here.
pub fn password(name: &str) -> String {
    format!("{name} goes by here")
}

impl Home {
    /// A home at `authority` that reaches itself and `reachable`; nothing runs yet.
    pub fn new(authority: &str, reachable: &[&str], settings: Settings<'_>) -> Self {
        Self::behind(authority, authority, "", reachable, settings)
    }

    /// A home known at `authority` that listens elsewhere, with its tables in a PostgreSQL if one is named.
    pub fn behind(
        authority: &str,
        listen: &str,
        postgres: &str,
        reachable: &[&str],
        settings: Settings<'_>,
    ) -> Self {
        let reachable = reachable.iter().chain([&authority]).map(|&host| host.to_owned()).collect();
        let home = Self {
            origin: format!("http://{authority}"),
            authority: authority.to_owned(),
            listen: listen.to_owned(),
            database_url: postgres.to_owned(),
            reachable,
            more: String::new(),
            running: None,
            dir: tempfile::Builder::new().prefix("godwit-story-").tempdir().unwrap(),
        };
        home.configure(settings);
        home
    }

    /// Two homes that know each other and, where given, further hosts.
    pub fn pair(others: &[&str], settings: Settings<'_>) -> [Self; 2] {
        let (old, new) = (super::address(), super::address());
        let reachable = [others, &[&old, &new]].concat();
        [Self::new(&old, &reachable, settings), Self::new(&new, &reachable, settings)]
    }

    /// Writes the configuration; a running home reads it when it starts again.
    pub fn configure(&self, settings: Settings<'_>) {
        let Settings { arrivals, departures, page_items, more: limits } = settings;
        let Self { origin, listen, database_url, reachable: hosts, more, .. } = self;
        let text = format!(
            "[server]\nbase_url = \"{origin}\"\nlisten = \"{listen}\"\ndata_dir = \"data\"\n\
             [database]\nurl = \"{database_url}\"\n\
             [policy]\narrivals = {arrivals}\ndepartures = {departures}\nsign_up = true\n\
             [limits]\npage_items = {page_items}\n{limits}\n[federation]\nloopback_hosts = {hosts:?}\n{more}"
        );
        fs::write(self.dir.path().join("config.toml"), text).unwrap();
    }

    /// Adds sections to its configuration.
    pub fn tell(&mut self, more: &str, settings: Settings<'_>) {
        self.more.push_str(more);
        self.configure(settings);
    }

    /// The same home as it stands, on a disk of its own and with these tables; nothing of it runs yet.
    pub fn twin(&self, postgres: &str, settings: Settings<'_>) -> Self {
        let reachable: Vec<&str> = self.reachable.iter().map(String::as_str).collect();
        let twin = Self::behind(&self.authority, &self.listen, postgres, &reachable, settings);
        let (from, to) = (self.dir.path().join("data"), twin.dir.path().join("data"));
        let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
        assert!(copied.success(), "the disk of {} is not copied", self.origin);
        twin
    }

    /// Its PostgreSQL, if it has one.
    pub fn postgres(&self) -> Option<&str> {
        Some(self.database_url.as_str()).filter(|address| !address.is_empty())
    }

    /// Makes an account with the password of its name.
    pub fn account(&self, name: &str) {
        let mut child = self
            .command(&["account", "create", name, "--password-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{}", password(name)).unwrap();
        assert!(child.wait().unwrap().success(), "{} makes no account {name}", self.origin);
    }

    /// Brings an archive in; gives the report.
    pub fn import(&self, archive: &Path, account: &str) -> Value {
        self.import_with(archive, account, &[])
    }

    /// Brings an archive in and what lies beside it; gives the report.
    pub fn import_with(&self, archive: &Path, account: &str, beside: &[&Path]) -> Value {
        let mut arguments = vec!["import", archive.to_str().unwrap(), "--account", account, "--json"];
        arguments.extend(beside.iter().flat_map(|path| ["--with", path.to_str().unwrap()]));
        let output = self.command(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a command that must go well; gives what it says.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the server and waits until it listens.
    pub fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.dir.path().join("log.txt")).unwrap();
        let mut child = self
            .command(&["demo-home"])
            .env("RUST_LOG", "info")
            .env("RUST_MIN_STACK", NARROW)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("listening ") {
            line.clear();
            let read = output.read_line(&mut line).unwrap();
            assert!(read > 0, "{} ended before it listened: {}", self.origin, self.log());
        }
        self.running = Some(Running { child, _output: output });
    }

    /// Lets it store in a PostgreSQL from its next start.
    pub fn use_database(&mut self, url: &str, settings: Settings<'_>) {
        url.clone_into(&mut self.database_url);
        self.configure(settings);
    }

    /// A second daemon of this home: same name, database, key and media, another socket.
    pub fn beside(&self, settings: Settings<'_>) -> Self {
        let listen = super::address();
        let mut second = Self::new(&self.authority, &[], settings);
        second.reachable.clone_from(&self.reachable);
        second.more.clone_from(&self.more);
        second.listen = listen;
        second.use_database(&self.database_url, settings);
        let (data, own) = (self.dir.path().join("data"), second.dir.path().join("data"));
        fs::create_dir(&own).unwrap();
        fs::copy(data.join("sealing.key"), own.join("sealing.key")).unwrap();
        std::os::unix::fs::symlink(data.join("media"), own.join("media")).unwrap();
        second
    }

    /// What a proxy in front of it and a server behind needs, as its program prints it.
    pub fn proxy_lines(&self, proxy: &str, arguments: &[&str]) -> String {
        self.run(&[&["proxy", proxy], arguments].concat())
    }

    /// A directory of its own for whoever it stands beside.
    pub fn directory(&self, name: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// What its process is called among those that share a database.
    pub fn daemon(&self) -> String {
        fs::read_to_string(self.dir.path().join("data/daemon.id")).unwrap()
    }

    /// Where its own process listens, whatever address the home is known at.
    pub fn socket(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Lets its process stand still.
    pub fn freeze(&mut self) {
        self.signal("STOP");
    }

    /// Lets its process go on.
    pub fn thaw(&mut self) {
        self.signal("CONT");
    }

    /// Asks the server to end, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.running.take().unwrap().child.wait().unwrap()
    }

    /// Whether its process was started and not ended.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    fn signal(&self, name: &str) {
        let id = self.running.as_ref().unwrap().child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Kills the server at once: it cannot clean up.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.child.kill().unwrap();
            running.child.wait().unwrap();
        }
    }

    /// Says whether it has not ended by itself, and never fell over.
    pub fn is_well(&mut self) -> bool {
        let is_running =
            self.running.as_mut().is_some_and(|running| running.child.try_wait().unwrap().is_none());
        is_running && !self.log().contains("panicked")
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log.txt")).unwrap_or_default()
    }

    /// An address of it.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The actor of an account.
    pub fn actor(&self, name: &str) -> String {
        self.at(&format!("/users/{name}"))
    }

    /// The letters it has sent, as they are read.
    pub fn letters(&self) -> Vec<String> {
        let all = fs::read_dir(self.dir.path().join("data/mail")).into_iter().flatten().map(Result::unwrap);
        // Long lines are broken in transport, and a reader puts them together again.
        let read = |text: String| text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
        all.map(|letter| read(fs::read_to_string(letter.path()).unwrap())).collect()
    }

    /// Its database.
    pub fn database(&self) -> PathBuf {
        self.dir.path().join("data/godwit.sqlite")
    }

    /// Every file of the media directory.
    pub fn media(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.dir.path().join("data/media")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    found.insert(entry.path());
                }
            }
        }
        found
    }

    /// Its program, in its directory.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_godwit"));
        command.args(arguments).args(["--config", "config.toml"]).current_dir(self.dir.path());
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- log of {} ---\n{}", self.origin, self.log());
        }
        self.kill();
    }
}
