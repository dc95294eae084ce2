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

impl Front {
    /// Stands at the address `home` is known by, before it and what listens at `behind`.
    pub fn start(kind: Kind, home: &Home, behind: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("godwit-front-").tempdir().unwrap();
        let lines = home.proxy_lines(kind.program(), behind);
        fs::write(dir.path().join("godwit.conf"), lines).unwrap();
        let front = Self { kind, dir };
        let text = match kind {
            Kind::Nginx => front.nginx(&home.authority, behind),
            Kind::Caddy => front.caddy(&home.authority, behind),
        };
        fs::write(front.file(), text).unwrap();
        // Both come back when they listen.
        front.command(match kind {
            Kind::Nginx => &[],
            Kind::Caddy => &["start"],
        });
        front
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn file(&self) -> std::path::PathBuf {
        self.path().join(if self.kind == Kind::Nginx { "nginx.conf" } else { "Caddyfile" })
    }

    fn nginx(&self, authority: &str, behind: &str) -> String {
        let at = self.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("    {name}_temp_path {at}/{name};\n"))
            .concat();
        format!(
            "user root;\nworker_processes 1;\npid {at}/pid;\nerror_log {at}/error.log;\nevents {{ }}\nhttp {{\n\
             {temporary}    access_log off;\n    server {{\n        listen {authority};\n        include {at}/godwit.conf;\n\
             location / {{ proxy_pass http://{behind}; proxy_set_header Host $http_host; }}\n    }}\n}}\n"
        )
    }

    fn caddy(&self, authority: &str, behind: &str) -> String {
        let at = self.path().display();
        let (ip, _) = authority.split_once(':').unwrap();
        format!(
            "{{\n    admin unix/{at}/admin.sock\n    auto_https off\n}}\n\
             http://{authority} {{\n    bind {ip}\n    import {at}/godwit.conf\n    handle {{\n        reverse_proxy {behind}\n    }}\n}}\n"
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
