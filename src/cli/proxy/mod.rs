//! `godwit proxy`: the lines that a proxy needs in front of this daemon and a server that is not ours.
//!
//! The server behind keeps everything it has. Ours are our own path, our pages, requests that carry our
//! token, and the answer to addresses that moved, where we have one; without us everything is as before.

use std::{io::Write, net::SocketAddr};

use anyhow::Context;
use clap::{Args, Subcommand};
use url::Url;

use super::WithConfig;
use crate::config::Config;

mod caddy;
mod nginx;

/// Which proxy.
#[derive(Debug, Subcommand)]
pub(super) enum ProxyCommand {
    /// Lines to be included in the server block.
    Nginx(Front),
    /// Lines to be imported in the site block.
    Caddy(Front),
}

/// What stands where.
#[derive(Debug, Args)]
pub(super) struct Front {
    #[command(flatten)]
    with: WithConfig,
    /// Where the server behind listens.
    #[arg(long, value_name = "ADDRESS:PORT")]
    behind: SocketAddr,
    /// The host that stands in handles, where it is another than that of the pages.
    #[arg(long, value_name = "HOST")]
    handles: Option<String>,
    /// The host of the files, where it is another than that of the pages.
    #[arg(long, value_name = "HOST")]
    files: Option<String>,
}

/// Everything the lines are made of.
struct Parts {
    /// The address people know.
    origin: String,
    /// Its host.
    host: String,
    /// This daemon.
    ours: SocketAddr,
    /// The other one.
    behind: SocketAddr,
    handles: Option<String>,
    files: Option<String>,
}

/// Our pages beside `/godwit/`: first segments of paths that no other server uses.
pub(super) const PAGES: [&str; 11] = [
    "transfers",
    "departures",
    "follows",
    "former-homes",
    "yours",
    "desk",
    "letters",
    "stop",
    "sign-in",
    "sign-out",
    "static",
];
/// The same below `/api/v1/`.
pub(super) const INTERFACES: [&str; 4] = ["transfers", "departures", "me", "changes"];
/// How the names of accounts and posts begin, and files: what may have moved.
pub(super) const MAY_MOVE: [&str; 3] = ["@", "users/", "ap/users/"];

/// Prints the lines for one proxy.
///
/// # Errors
/// When the configuration cannot be read.
pub(super) fn run(command: &ProxyCommand) -> anyhow::Result<()> {
    let (ProxyCommand::Nginx(front) | ProxyCommand::Caddy(front)) = command;
    let config = Config::load(&front.with.config)?;
    let base: &Url = &config.server.base_url;
    let parts = Parts {
        origin: base.origin().ascii_serialization(),
        host: base.host_str().context("server.base_url has no host")?.to_owned(),
        ours: config.server.listen,
        behind: front.behind,
        handles: front.handles.clone().filter(|host| Some(host.as_str()) != base.host_str()),
        files: front.files.clone().filter(|host| Some(host.as_str()) != base.host_str()),
    };
    let text = match command {
        ProxyCommand::Nginx(_) => nginx::lines(&parts),
        ProxyCommand::Caddy(_) => caddy::lines(&parts),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        Parts {
            origin: "https://social.example".to_owned(),
            host: "social.example".to_owned(),
            ours: "127.0.0.1:8420".parse().unwrap(),
            behind: "127.0.0.1:3000".parse().unwrap(),
            handles: Some("example.org".to_owned()),
            files: Some("files.example".to_owned()),
        }
    }

    #[test]
    fn hosts_of_their_own_for_handles_and_files_get_lines_of_their_own() {
        for text in [nginx::lines(&parts()), caddy::lines(&parts())] {
            for part in ["example.org", "files.example", "127.0.0.1:8420", "127.0.0.1:3000"] {
                assert!(text.contains(part), "{part} in {text}");
            }
            let alone = Parts { handles: None, files: None, ..parts() };
            let same = [nginx::lines(&alone), caddy::lines(&alone)];
            assert!(same.iter().all(|text| !text.contains("example.org") && !text.contains("files.example")));
        }
    }
}
