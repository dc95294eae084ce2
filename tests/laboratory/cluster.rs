//! A PostgreSQL of a test's own: made in a temporary directory, reached over a socket in it, gone
//! with the test even when that falls over.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// What the server says when it can be used.
const READY: &str = "ready to accept connections";

/// A running server; it ends when this is dropped, or the thread that started it.
pub struct Cluster {
    server: Child,
    dir: TempDir,
    programs: PathBuf,
}

impl Cluster {
    /// Makes and starts a server, as an unprivileged user when we are privileged.
    pub fn start() -> Result<Self, String> {
        let programs = programs().ok_or("initdb is not installed")?;
        let dir =
            tempfile::Builder::new().prefix("godwit-pg-").tempdir().map_err(|error| error.to_string())?;
        let user = user(dir.path())?;
        let data = dir.path().join("data");
        let mut initdb = command(user, &programs.join("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", "godwit", "-A", "trust", "--locale=C", "-E", "UTF8", "-N"]);
        finish(&mut initdb)?;
        let mut postgres = command(user, &programs.join("postgres"));
        postgres.arg("-D").arg(&data).arg("-k").arg(dir.path()).args(["-c", "listen_addresses="]);
        // Nothing of it is meant to survive.
        postgres.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300"]);
        let server = postgres.stderr(Stdio::piped()).stdout(Stdio::null()).spawn();
        let mut server = server.map_err(|error| error.to_string())?;
        let mut log = BufReader::new(server.stderr.take().ok_or("it has no log")?).lines();
        let mut said = String::new();
        loop {
            match log.next() {
                Some(Ok(line)) if line.contains(READY) => break,
                Some(Ok(line)) => writeln!(said, "{line}").map_err(|error| error.to_string())?,
                _ => return Err(said),
            }
        }
        // A full pipe would stop it.
        std::thread::spawn(move || log.for_each(drop));
        Ok(Self { server, dir, programs })
    }

    /// Starts a server, or says why there is none; a test that must have one fails then.
    pub fn start_or_skip() -> Option<Self> {
        match Self::start() {
            Ok(cluster) => Some(cluster),
            Err(why) => {
                let is_required = std::env::var_os("GODWIT_REQUIRE_PEERS").is_some_and(|value| value == "1");
                assert!(!is_required, "no PostgreSQL can be started: {why}");
                eprintln!("skipped: no PostgreSQL can be started: {why}");
                None
            }
        }
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://godwit@localhost/{database}?host={}", self.dir.path().display())
    }

    /// Makes an empty database and gives its address.
    pub fn create(&self, database: &str) -> String {
        self.copy("template0", database)
    }

    /// Makes a database as another one is, which nobody uses, and gives its address.
    pub fn copy(&self, from: &str, database: &str) -> String {
        let mut createdb = Command::new(self.programs.join("createdb"));
        createdb.arg("-h").arg(self.dir.path()).args(["-U", "godwit", "-T", from, database]);
        finish(&mut createdb).unwrap();
        self.url(database)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // At once, but with its own children and memory.
        let told = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        if told.is_ok_and(|status| status.success()) {
            drop(self.server.wait());
        }
    }
}

/// Where the server's programs lie: on the path, or where Debian hides them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_all =
        |dir: &PathBuf| ["initdb", "postgres", "createdb"].iter().all(|name| dir.join(name).exists());
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path).chain(debian.map(|version| version.path().join("bin"))).find(has_all)
}

/// Whose the server is: PostgreSQL does not run as root. The directory becomes theirs.
fn user(dir: &Path) -> Result<Option<&'static str>, String> {
    let ids = |name: &[&str]| finish(Command::new("id").arg("-u").args(name)).map(|id| id.trim().to_owned());
    if ids(&[])? != "0" {
        return Ok(None);
    }
    let user = ["postgres", "nobody"].into_iter().find(|name| ids(&[name]).is_ok());
    let user = user.ok_or("there is no unprivileged user")?;
    finish(Command::new("chown").arg(user).arg(dir))?;
    Ok(Some(user))
}

/// A program that ends with the thread that started it.
fn command(user: Option<&str>, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = user {
        let group = finish(Command::new("id").args(["-g", user])).unwrap_or_default();
        command.args(["--reuid", user, "--regid", group.trim(), "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT", "--"]).arg(program).stdin(Stdio::null()).current_dir("/");
    command
}

/// Runs a command to its end and gives what it says.
fn finish(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(said(&output.stdout));
    }
    Err(format!("{command:?}: {}", said(&output.stderr)))
}
