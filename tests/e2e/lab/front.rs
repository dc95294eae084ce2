//! A real proxy in front of a home and a server that is not ours, with the lines the home's program prints.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::home::Home;

/// Set where a peer that cannot run is a failure instead of a skipped story.
const REQUIRED: &str = "GODWIT_REQUIRE_PEERS";

/// Which proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Caddy,
}

/// A running proxy; it ends when this is dropped.
pub struct Front {
    kind: Kind,
    dir: TempDir,
}

impl Kind {
    fn program(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
        }
    }

    /// Whether it can be had here; says why a story is skipped, and fails it where it must be told.
    pub fn is_here(self) -> bool {
        let flag = if self == Self::Nginx { "-v" } else { "version" };
        let found =
            Command::new(self.program()).arg(flag).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let Err(why) = found else { return true };
        let why = format!("{} cannot be started: {why}; it is a Debian package", self.program());
        assert!(std::env::var_os(REQUIRED).is_none(), "{REQUIRED} is set, but {why}");
        let _best_effort = writeln!(std::io::stderr(), "skipped, {why}");
        false
    }
}

/// Hosts beside that of the pages.
#[derive(Debug, Clone, Copy)]
pub struct Apart<'a> {
    /// That of handles, where another site stands.
    pub handles: &'a str,
    /// That of files.
    pub files: &'a str,
}

/// What the other site says that stands where handles lead.
pub const OTHER_SITE: &str = "Bread and birds";

impl Front {
    /// Stands at the address `home` is known by, before it and what listens at `behind`.
    pub fn start(kind: Kind, home: &Home, behind: &str) -> Self {
        Self::at(kind, home, behind, &["--behind", behind], None)
    }

    /// The same for files, too: below the host of the pages, or at the hosts that handles and files have for themselves.
    pub fn with_files(kind: Kind, home: &Home, behind: &str, apart: Option<Apart<'_>>) -> Self {
        let files = if apart.is_none() { vec!["--files", behind] } else { Vec::new() };
        Self::at(kind, home, behind, &[vec!["--behind", behind], files].concat(), apart)
    }

    fn at(kind: Kind, home: &Home, behind: &str, arguments: &[&str], apart: Option<Apart<'_>>) -> Self {
        let dir = tempfile::Builder::new().prefix("godwit-front-").tempdir().unwrap();
        let front = Self { kind, dir };
        let mut sites = front.site(home, &home.authority, arguments, Some(behind));
        if let Some(Apart { handles, files }) = apart {
            sites += &front.site(home, handles, &["--block", "handles"], None);
            sites += &front.site(home, files, &["--block", "files", "--behind", behind], Some(behind));
        }
        let text = match kind {
            Kind::Nginx => front.nginx(&sites),
            Kind::Caddy => {
                let at = front.path().display();
                format!("{{\n    admin unix/{at}/admin.sock\n    auto_https off\n}}\n{sites}")
            }
        };
        fs::write(front.file(), text).unwrap();
        // Both come back when they listen.
        front.command(match kind {
            Kind::Nginx => &[],
            Kind::Caddy => &["start"],
        });
        front
    }

    /// The block of one host: the lines that the home's program prints for it, and what was there before.
    fn site(&self, home: &Home, authority: &str, arguments: &[&str], behind: Option<&str>) -> String {
        let lines = self.path().join(format!("{authority}.conf"));
        fs::write(&lines, home.proxy_lines(self.kind.program(), arguments)).unwrap();
        let (lines, (ip, _)) = (lines.display(), authority.split_once(':').unwrap());
        match self.kind {
            Kind::Nginx => {
                let before = behind.map_or_else(
                    || format!("return 200 '{OTHER_SITE}';"),
                    |behind| format!("proxy_pass http://{behind}; proxy_set_header Host $http_host;"),
                );
                format!("server {{ listen {authority}; include {lines}; location / {{ {before} }} }}\n")
            }
            Kind::Caddy => {
                let before = behind.map_or_else(
                    || format!("respond \"{OTHER_SITE}\""),
                    |behind| format!("reverse_proxy {behind}"),
                );
                format!(
                    "http://{authority} {{\n    bind {ip}\n    import {lines}\n    handle {{\n        {before}\n    }}\n}}\n"
                )
            }
        }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn file(&self) -> std::path::PathBuf {
        self.path().join(if self.kind == Kind::Nginx { "nginx.conf" } else { "Caddyfile" })
    }

    fn nginx(&self, sites: &str) -> String {
        let at = self.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("    {name}_temp_path {at}/{name};\n"))
            .concat();
        format!(
            "user root;\nworker_processes 1;\npid {at}/pid;\nerror_log {at}/error.log;\nevents {{ }}\nhttp {{\n\
             {temporary}    access_log off;\n{sites}}}\n"
        )
    }

    fn command(&self, arguments: &[&str]) {
        let mut command = Command::new(self.kind.program());
        command.args(arguments).env("XDG_DATA_HOME", self.path()).env("XDG_CONFIG_HOME", self.path());
        match self.kind {
            Kind::Nginx => command.arg("-c").arg(self.file()).arg("-p").arg(self.path()),
            Kind::Caddy if arguments == ["stop"] => {
                command.arg("--address").arg(format!("unix/{}/admin.sock", self.path().display()))
            }
            Kind::Caddy => command.args(["--adapter", "caddyfile", "--config"]).arg(self.file()),
        };
        // What it leaves running must not hold the pipes of this program.
        let log = fs::File::create(self.path().join("command.log")).unwrap();
        let status =
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).status().unwrap();
        let said = || fs::read_to_string(self.path().join("command.log")).unwrap_or_default();
        // A second panic while the first unwinds would hide it.
        assert!(status.success() || std::thread::panicking(), "{}: {}", self.kind.program(), said());
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        match self.kind {
            Kind::Nginx => self.command(&["-s", "stop"]),
            Kind::Caddy => self.command(&["stop"]),
        }
    }
}
