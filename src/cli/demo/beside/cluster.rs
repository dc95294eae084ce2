//! A PostgreSQL that is thrown away: made in a temporary directory, reached over a socket in it.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// What the server says when it can be used.
const READY: &str = "ready to accept connections";

/// A running server; it ends when this is dropped, or the program that started it.
pub(crate) struct Cluster {
    server: Child,
    dir: PathBuf,
    programs: PathBuf,
}

impl Cluster {
    /// Makes and starts a server in a directory, as an unprivileged user when we are privileged.
    ///
    /// # Errors
    /// When PostgreSQL's programs are not installed, or do not start.
    pub(crate) fn start(dir: &Path) -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed: its program initdb is not found")?;
        std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
        let user = user(dir)?;
        let data = dir.join("data");
        let mut initdb = command(user, &programs.join("initdb"))?;
        initdb.arg("-D").arg(&data).args(["-U", "godwit", "-A", "trust", "--locale=C", "-E", "UTF8", "-N"]);
        finish(&mut initdb)?;
        let mut postgres = command(user, &programs.join("postgres"))?;
        postgres.arg("-D").arg(&data).arg("-k").arg(dir).args(["-c", "listen_addresses="]);
        // Nothing of it is meant to survive.
        postgres.args(["-c", "fsync=off", "-c", "full_page_writes=off"]);
        let server = postgres.stderr(Stdio::piped()).stdout(Stdio::null()).spawn();
        let mut server = server.context("starting PostgreSQL")?;
        let mut log = BufReader::new(server.stderr.take().context("PostgreSQL has no log")?).lines();
        let mut said = String::new();
        loop {
            match log.next() {
                Some(Ok(line)) if line.contains(READY) => break,
                Some(Ok(line)) => said.push_str(&(line + "\n")),
                _ => bail!("PostgreSQL ended before it was ready: {said}"),
            }
        }
        // A full pipe would stop it.
        std::thread::spawn(move || log.for_each(drop));
        Ok(Self { server, dir: dir.to_owned(), programs })
    }

    /// Makes an empty database and gives its address.
    ///
    /// # Errors
    /// When it is there already.
    pub(crate) fn create(&self, database: &str) -> Result<String> {
        let mut createdb = Command::new(self.programs.join("createdb"));
        createdb.arg("-h").arg(&self.dir).args(["-U", "godwit", "-T", "template0", database]);
        finish(&mut createdb)?;
        Ok(format!("postgres://godwit@localhost/{database}?host={}", self.dir.display()))
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
#[expect(clippy::disallowed_methods, reason = "the path is where programs are found, not a setting of ours")]
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_all =
        |dir: &PathBuf| ["initdb", "postgres", "createdb"].iter().all(|name| dir.join(name).exists());
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path).chain(debian.map(|version| version.path().join("bin"))).find(has_all)
}

/// Whose the server is: PostgreSQL does not run as root. The directory becomes theirs.
fn user(dir: &Path) -> Result<Option<&'static str>> {
    let ids = |name: &[&str]| finish(Command::new("id").arg("-u").args(name)).map(|id| id.trim().to_owned());
    if ids(&[])? != "0" {
        return Ok(None);
    }
    let user = ["postgres", "nobody"].into_iter().find(|name| ids(&[name]).is_ok());
    let user = user.context("there is no unprivileged user for PostgreSQL")?;
    finish(Command::new("chown").arg(user).arg(dir))?;
    Ok(Some(user))
}

/// A program that ends with the thread that started it.
fn command(user: Option<&str>, program: &Path) -> Result<Command> {
    let mut command = Command::new("setpriv");
    if let Some(user) = user {
        let group = finish(Command::new("id").args(["-g", user]))?;
        command.args(["--reuid", user, "--regid", group.trim(), "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT", "--"]).arg(program).stdin(Stdio::null()).current_dir("/");
    Ok(command)
}

/// Runs a command to its end and gives what it says.
fn finish(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
