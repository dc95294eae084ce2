//! The configuration: one TOML file, every key with a default, unknown keys are errors.

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::policy::{self, LeavingTerms, Rule, Terms};

mod bucket;
mod document;
mod home;

pub use {bucket::Bucket, document::example, home::Home};

/// Everything a daemon is told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it listens and what it is called.
    pub server: Server,
    /// Where its tables are.
    pub database: Database,
    /// Where its files are, where they are not in the data directory.
    pub media: Bucket,
    /// Which server it stands beside.
    pub home: Home,
    /// Who may come and go.
    pub policy: Policy,
    /// What it takes and gives at most.
    pub limits: Limits,
    /// How it reaches other servers.
    pub federation: Federation,
    /// How letters leave.
    pub mail: Mail,
    /// Who looks at files before anybody can see them.
    pub scanner: Scanner,
}

/// Who looks at files before anybody can see them; nobody where both are empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scanner {
    /// A program with its arguments.
    pub command: Vec<String>,
    /// A service on this machine.
    pub url: String,
}

/// Where the daemon listens and what it is called.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address people and servers know; decides what we are, never a request's `Host`.
    pub base_url: Url,
    /// Socket the daemon listens on.
    pub listen: SocketAddr,
    /// Directory of the database and the media.
    pub data_dir: PathBuf,
    /// Networks whose word counts about whom they ask for (`X-Forwarded-For`).
    pub trusted_proxies: Vec<IpNet>,
    /// Name on the pages.
    pub name: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            base_url: Url::parse("https://social.example").expect("a constant address parses"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8420)),
            data_dir: PathBuf::from("data"),
            trusted_proxies: ["127.0.0.0/8", "::1/128"]
                .into_iter()
                .filter_map(|network| network.parse().ok())
                .collect(),
            name: "godwit".to_owned(),
        }
    }
}

/// Where the tables are.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// A PostgreSQL as `postgres://user:password@host/name`; empty for SQLite in the data directory.
    pub url: String,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

/// Who may come and go.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Servers whose accounts may arrive.
    #[serde(deserialize_with = "rule")]
    pub arrivals: Rule,
    /// Servers accounts may leave for.
    #[serde(deserialize_with = "rule")]
    pub departures: Rule,
    /// Whether anybody may make an account here on the way, from the sign-in page.
    pub sign_up: bool,
    /// What else holds for those who come.
    pub arriving: Terms,
    /// What else holds for those who go.
    pub leaving: LeavingTerms,
}

impl Policy {
    /// The rules of both directions, in force until an admin makes others.
    pub fn rules(&self) -> policy::Policy {
        policy::Policy {
            arrivals: policy::Arrivals { who: self.arrivals.clone(), terms: self.arriving.clone() },
            departures: policy::Departures { who: self.departures.clone(), terms: self.leaving.clone() },
        }
    }
}

/// Reads a rule and says what it may be when it is something else.
fn rule<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Rule, D::Error> {
    Rule::deserialize(deserializer).map_err(|_| {
        serde::de::Error::custom(
            "write \"nobody\", \"anyone\", \"invited\", a list of host names like [\"old.example\"], \
             { except = [\"bad.example\"] } or { account = \"@name@old.example\" }",
        )
    })
}

/// What the daemon takes and gives at most.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Items on one page of an export.
    pub page_items: usize,
    /// Things one transfer may bring at most.
    pub transfer_items: u64,
    /// Largest single media file.
    pub media_file_bytes: u64,
    /// Unpacked size of an archive at most.
    pub archive_bytes: u64,
    /// Entries of an archive at most.
    pub archive_entries: usize,
    /// How long an announcement rests when its owner wants time to think.
    pub rest_seconds: u32,
    /// How long a trial lasts.
    pub trial_days: u32,
    /// How often one address or account may ask for what is dear.
    pub rates: Rates,
}

impl Limits {
    /// How long an announcement rests, in microseconds.
    pub fn rest_micros(&self) -> i64 {
        i64::from(self.rest_seconds) * 1_000_000
    }
}

/// How often within a minute something may be asked for by one address, or by one account where it says so; as many
/// may come at once. Zero: as often as anybody likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Signing in, and whatever else asks for a password.
    pub passwords: u32,
    /// Making an account.
    pub sign_ups: u32,
    /// Asking for a copy, and having an address looked at; by account, too.
    pub starts: u32,
    /// Permissions to read, and the tokens for them; by account, too.
    pub exports: u32,
    /// Files that are given to be brought in; by account, too.
    pub uploads: u32,
    /// Activities of another server.
    pub inbox: u32,
    /// Searches of those who are not signed in.
    pub searches: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { passwords: 20, sign_ups: 5, starts: 20, exports: 120, uploads: 10, inbox: 1200, searches: 20 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            page_items: 200,
            transfer_items: 5_000_000,
            media_file_bytes: 256 << 20,
            archive_bytes: 64 << 30,
            archive_entries: 1_000_000,
            rest_seconds: 24 * 3600,
            trial_days: 30,
            rates: Rates::default(),
        }
    }
}

/// How the daemon reaches other servers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federation {
    /// Longest wait for one answer, in seconds.
    pub timeout_seconds: u64,
    /// `host:port` names that may be reached on loopback over http. `serve` refuses to start with any.
    pub loopback_hosts: Vec<String>,
}

impl Default for Federation {
    fn default() -> Self {
        Self { timeout_seconds: 30, loopback_hosts: Vec::new() }
    }
}

/// How letters leave.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Who they come from.
    pub from: String,
    /// The mail server, as `smtps://user:password@host`; empty for files below the data directory.
    pub smtp_url: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self { from: "godwit <godwit@localhost.localdomain>".to_owned(), smtp_url: String::new() }
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("reading the configuration {path}")]
    Read {
        /// Which file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what it should be; the cause names line and key.
    #[error("the configuration {path} is not understood: {why}")]
    Parse {
        /// Which file.
        path: String,
        /// Line, key and expectation.
        why: String,
    },
    /// A value makes no sense.
    #[error("{0}")]
    Value(String),
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`] naming file, line and key.
    pub fn load(path: &std::path::Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: shown.clone(), source })?;
        let config: Self = toml::from_str(&text)
            .map_err(|error| ConfigError::Parse { path: shown, why: error.to_string() })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let base = &self.server.base_url;
        if base.path() != "/" || base.query().is_some() || base.host_str().is_none() {
            return Err(ConfigError::Value(format!(
                "server.base_url must be an origin without path, like https://social.example (it is {base})"
            )));
        }
        self.media.check("media").map_err(ConfigError::Value)?;
        self.media_url()?;
        self.home.check().map_err(ConfigError::Value)
    }

    /// What the addresses of files of the server beside us begin with.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when what is set is no address.
    pub fn media_url(&self) -> Result<Url, ConfigError> {
        let (base, told) = (&self.server.base_url, self.home.media_url.as_str());
        let url = if told.is_empty() { base.join("/system/") } else { Url::parse(told) };
        url.map_err(|error| ConfigError::Value(format!("home.media_url is no address ({told}: {error})")))
    }

    /// The host that stands in the handles of the server beside us.
    pub fn handle_domain(&self) -> String {
        let told = &self.home.handle_domain;
        if told.is_empty() { self.domain() } else { told.clone() }
    }

    /// The host (with a port that is not the scheme's own) that stands in our handles.
    pub fn domain(&self) -> String {
        crate::model::actor::authority(&self.server.base_url)
    }
}
