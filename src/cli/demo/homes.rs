//! Three servers on loopback, each a process of its own started from this very binary.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use url::Url;

use super::{
    beside::{Beside, Cluster},
    outcome::Report,
};
use crate::{
    adapters::stand_in,
    config::Config,
    model::policy::{Rule, RuleWord},
};

/// Small pages, so that even a short walk turns several of them.
const PAGE_ITEMS: usize = 20;
/// Ports a person may have in the history of the browser.
const USUAL_PORT: u16 = 4701;
/// Lines of a log that a failure shows.
const TAIL: usize = 25;

/// Which ports the three servers take.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ports {
    /// Any three free ones.
    Any,
    /// The usual ones if they are free, else any.
    Usual,
    /// This one and the two after it.
    From(u16),
}

/// One server.
pub(crate) struct Home {
    /// Its address.
    pub(crate) url: Url,
    /// Directory of its database and media.
    pub(crate) data_dir: PathBuf,
    config: PathBuf,
    log: PathBuf,
    running: Option<Running>,
    /// What it stands beside, once that is up.
    beside: Option<Beside>,
    is_beside: bool,
}

/// Which homes stand beside another server; the others are their own.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kinds {
    /// Old home.
    pub(crate) old_is_beside: bool,
    /// New home.
    pub(crate) new_is_beside: bool,
}

/// A started server. Its output stays open for as long as it runs: a closed pipe would kill it.
struct Running {
    child: Child,
    _output: Lines<BufReader<ChildStdout>>,
}

/// The three servers, ended when this is dropped.
pub(crate) struct Homes {
    /// Where the person lives.
    pub(crate) old: Home,
    /// Where the person goes.
    pub(crate) new: Home,
    /// Where the follower lives.
    pub(crate) third: Home,
    /// The databases of the servers that homes stand beside.
    _cluster: Option<Cluster>,
    /// Everything they write; last, so that it outlives them.
    dir: TempDir,
}

impl Homes {
    /// Chooses ports and writes three configurations; starts nothing yet.
    ///
    /// # Errors
    /// When the directory cannot be written or no ports are free.
    pub(crate) fn prepare(ports: Ports, kinds: Kinds) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("godwit-demo-").tempdir().context("making a directory")?;
        let ports = choose(ports)?;
        let needs_cluster = kinds.old_is_beside || kinds.new_is_beside;
        let cluster = needs_cluster.then(|| cluster(dir.path())).transpose()?;
        let names = ["old", "new", "third"];
        let hosts: Vec<String> =
            names.iter().zip(ports).map(|(name, port)| format!("{name}.localhost:{port}")).collect();
        let home = |name: &str, title: &str, port: u16, is_beside: bool| {
            let cluster = cluster.as_ref().filter(|_| is_beside);
            Home::write(dir.path(), name, title, port, &hosts, cluster)
        };
        let [first, second, last] = ports;
        Ok(Self {
            old: home("old", "Old home", first, kinds.old_is_beside)?,
            new: home("new", "New home", second, kinds.new_is_beside)?,
            third: home("third", "Third server", last, false)?,
            _cluster: cluster,
            dir,
        })
    }

    /// Starts the servers that homes stand beside.
    ///
    /// # Errors
    /// When one of them does not start.
    pub(crate) async fn raise(&mut self) -> Result<()> {
        self.old.raise().await?;
        self.new.raise().await
    }

    /// The addresses of all three.
    pub(crate) fn urls(&self) -> [&Url; 3] {
        self.each().map(|home| &home.url)
    }

    /// All three.
    pub(crate) fn each(&self) -> [&Home; 3] {
        [&self.old, &self.new, &self.third]
    }

    /// Where everything is written.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The ends of the logs, for the person whose walk failed.
    pub(crate) fn log_tails(&self) -> String {
        self.each().map(Home::log_tail).concat()
    }
}

impl Home {
    fn write(
        dir: &Path,
        name: &str,
        title: &str,
        port: u16,
        hosts: &[String],
        cluster: Option<&Cluster>,
    ) -> Result<Self> {
        let dir = dir.join(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        let url = Url::parse(&format!("http://{name}.localhost:{port}"))?;
        let mut config = Config::default();
        config.server.base_url = url.clone();
        config.server.listen = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        config.server.data_dir = dir.join("data");
        title.clone_into(&mut config.server.name);
        config.policy.arrivals = Rule::Word(RuleWord::Anyone);
        config.policy.departures = Rule::Word(RuleWord::Anyone);
        config.limits.page_items = PAGE_ITEMS;
        config.federation.loopback_hosts = hosts.to_vec();
        if let Some(cluster) = cluster {
            // The address is that of both, the port of it what stands in front of them.
            let [own] = any()?;
            config.server.listen.set_port(own);
            stand_in::KIND.clone_into(&mut config.home.kind);
            config.home.server_database = cluster.create(name)?;
            config.home.media_dir = dir.join("system");
            config.home.takes_copies = true;
            std::fs::create_dir_all(&config.home.media_dir)?;
        }
        let path = dir.join("config.toml");
        std::fs::write(&path, toml::to_string(&config)?)
            .with_context(|| format!("writing {}", path.display()))?;
        let data_dir = config.server.data_dir;
        Ok(Self {
            url,
            data_dir,
            config: path,
            log: dir.join("log.txt"),
            running: None,
            beside: None,
            is_beside: cluster.is_some(),
        })
    }

    /// Whether it stands beside another server.
    pub(crate) fn is_beside(&self) -> bool {
        self.is_beside
    }

    async fn raise(&mut self) -> Result<()> {
        if self.is_beside {
            let config = Config::load(&self.config)?;
            let public = ([127, 0, 0, 1], self.url.port().unwrap_or(80)).into();
            let dir = self.config.parent().unwrap_or(Path::new("."));
            self.beside = Some(Beside::start(&config, dir, public).await?);
        }
        Ok(())
    }

    /// Writes a post at the server it stands beside; `false` where it is its own, and has a page for that.
    ///
    /// # Errors
    /// When there is no such account.
    pub(crate) async fn write_beside(&self, name: &str, text: &str, audience: &str) -> Result<bool> {
        match &self.beside {
            Some(beside) => beside.write(name, text, audience).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Its address with a path, like `/users/ann`.
    ///
    /// # Errors
    /// When the path is none.
    pub(crate) fn at(&self, path: &str) -> Result<Url> {
        self.url.join(path).with_context(|| format!("{path} is no path"))
    }

    /// Host and port, as they stand in handles.
    pub(crate) fn domain(&self) -> String {
        format!("{}:{}", self.url.host_str().unwrap_or_default(), self.url.port().unwrap_or(80))
    }

    /// Makes an account by the command a server's admin would use.
    ///
    /// # Errors
    /// When the command fails; with what it said.
    pub(crate) async fn create_account(&self, name: &str, password: &str, is_admin: bool) -> Result<()> {
        if let Some(beside) = &self.beside {
            return beside.create_account(name, password, is_admin).await;
        }
        let mut arguments = vec!["account", "create", name, "--password-stdin"];
        if is_admin {
            arguments.push("--admin");
        }
        self.command(&arguments, &format!("{password}\n")).await.map(drop)
    }

    /// Brings an archive in by the command a server's admin would use, and reads its report.
    ///
    /// # Errors
    /// When the command fails; with what it said.
    pub(crate) async fn import(&self, archive: &Path, account: &str) -> Result<Report> {
        let archive = archive.to_str().context("the archive's name is not text")?;
        let said = self.command(&["import", archive, "--account", account, "--json"], "").await?;
        let last =
            said.lines().rev().find(|line| line.starts_with('{')).context("the import told no numbers")?;
        serde_json::from_str(last).context("the numbers of the import are not understood")
    }

    async fn command(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut child = self
            .own_binary()?
            .args(arguments)
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", arguments.join(" ")))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that needs no input may be over before it is given any.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`godwit {}` at {} failed: {}", arguments.join(" "), self.url, said.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the server and waits until it listens.
    ///
    /// # Errors
    /// When it ends before it listens; with the end of its log.
    pub(crate) async fn start(&mut self) -> Result<()> {
        let log =
            std::fs::File::create(&self.log).with_context(|| format!("writing {}", self.log.display()))?;
        let mut child = self
            .own_binary()?
            .arg("demo-home")
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", self.url))?;
        let output = child.stdout.take().context("the server has no output")?;
        let mut output = BufReader::new(output).lines();
        loop {
            match output.next_line().await? {
                Some(line) if line.starts_with("listening ") => break,
                Some(_) => {}
                None => bail!("{} ended before it listened.{}", self.url, self.log_tail()),
            }
        }
        self.running = Some(Running { child, _output: output });
        Ok(())
    }

    /// Says so if the server is not running any more.
    ///
    /// # Errors
    /// When it has ended; with the end of its log.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some(running) = &mut self.running
            && let Some(status) = running.child.try_wait()?
        {
            bail!("{} ended on its own ({status}).{}", self.url, self.log_tail());
        }
        Ok(())
    }

    fn own_binary(&self) -> Result<Command> {
        let binary = std::env::current_exe().context("finding this program's own file")?;
        let mut command = Command::new(binary);
        command.kill_on_drop(true);
        if let Some(dir) = self.config.parent() {
            command.current_dir(dir);
        }
        Ok(command)
    }

    fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let mut lines: Vec<&str> = text.lines().rev().take(TAIL).collect();
        lines.reverse();
        if lines.is_empty() {
            return String::new();
        }
        format!("\n--- end of the log of {} ---\n{}\n", self.url, lines.join("\n"))
    }
}

/// Three ports that are free at this moment.
fn choose(ports: Ports) -> Result<[u16; 3]> {
    match ports {
        Ports::Any => any::<3>(),
        Ports::Usual => from(USUAL_PORT).or_else(|_| any::<3>()),
        Ports::From(first) => from(first),
    }
}

fn from(first: u16) -> Result<[u16; 3]> {
    let mut ports = [first; 3];
    for (port, step) in ports.iter_mut().zip(0..) {
        *port = first.checked_add(step).context("there are no ports above 65535")?;
        TcpListener::bind(("127.0.0.1", *port)).with_context(|| format!("port {port} is not free"))?;
    }
    Ok(ports)
}

/// A PostgreSQL whose data may be another user's, in a directory that one can enter.
fn cluster(dir: &Path) -> Result<Cluster> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o711))?;
    Cluster::start(&dir.join("postgresql"))
}

fn any<const N: usize>() -> Result<[u16; N]> {
    // All are held until all are known, so that they differ.
    let bind = |_| TcpListener::bind(("127.0.0.1", 0)).context("no free port");
    let held = (0..N).map(bind).collect::<Result<Vec<_>>>()?;
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&held) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_homes_get_three_names_three_ports_and_configurations_that_read_back() {
        let homes = Homes::prepare(Ports::Any, Kinds::default()).unwrap();
        let [old, new, third] = homes.urls();
        assert_eq!(old.host_str(), Some("old.localhost"));
        assert!(old.port() != new.port() && new.port() != third.port() && old.port() != third.port());
        let config = Config::load(&homes.new.config).unwrap();
        assert_eq!(config.server.base_url, *new);
        assert_eq!(config.federation.loopback_hosts.len(), 3);
        assert!(homes.new.at("/users/ann").unwrap().as_str().ends_with("/users/ann"));
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Homes::prepare(Ports::From(port), Kinds::default()).err().unwrap();
        assert!(error.to_string().contains(&port.to_string()));
    }
}
