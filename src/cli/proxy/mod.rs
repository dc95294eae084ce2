//! `godwit proxy`: the lines that a proxy needs in front of this daemon and a server that is not ours.
//!
//! The server behind keeps everything it has. Ours are our own path, our pages, requests that carry our
//! token, and the answer to addresses that moved, where we have one; without us everything is as before.

use std::{io::Write, net::SocketAddr};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::WithConfig;
use crate::{config::Config, model::actor::authority};

mod caddy;
mod nginx;

/// Which proxy.
#[derive(Debug, Subcommand)]
pub(super) enum ProxyCommand {
    /// Lines to be included in a server block.
    Nginx(Front),
    /// Lines to be imported in a site block.
    Caddy(Front),
}

/// What stands where.
#[derive(Debug, Args)]
pub(super) struct Front {
    #[command(flatten)]
    with: WithConfig,
    /// Which host's block the lines are for.
    #[arg(long, value_enum, default_value_t)]
    block: Block,
    /// Where the server behind listens; in the block of the files, whatever hands them out.
    #[arg(long, value_name = "ADDRESS:PORT")]
    behind: Option<SocketAddr>,
    /// Whatever hands out files below the host of the pages; without it nobody is asked where they went.
    #[arg(long, value_name = "ADDRESS:PORT")]
    files: Option<SocketAddr>,
}

/// The hosts of a server: one for everything, or up to three.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Block {
    /// Pages and actors, and everything that has no host of its own.
    #[default]
    Pages,
    /// The host that stands in handles, where it is another one (`home.handle_domain`).
    Handles,
    /// The host of the files, where it is another one (`home.media_url`).
    Files,
}

/// Everything the lines are made of.
struct Parts {
    /// The address people know.
    origin: String,
    /// The host whose block it is.
    host: String,
    /// This daemon.
    ours: SocketAddr,
    /// The other one.
    behind: SocketAddr,
    /// Whoever hands out the files of this host, if anybody does.
    files: Option<SocketAddr>,
    /// What paths of files begin with, without the last slash.
    files_below: String,
    /// Blocks of hosts of their own: which, and the host.
    others: Vec<(Block, String)>,
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
/// How the names of accounts and posts begin: what may have moved.
pub(super) const MAY_MOVE: [&str; 3] = ["@", "users/", "ap/users/"];
/// Folders that files lie in, below whatever their addresses begin with.
const SHELVES: [&str; 2] = ["media_attachments", "accounts"];
/// What whoever knows handles only asks for: the other server answers it under the host of its pages.
const ASKED_BY_HANDLE: [&str; 2] = ["webfinger", "host-meta"];

/// Prints the lines for one block of one proxy.
///
/// # Errors
/// When the configuration cannot be read, or names no such host.
pub(super) fn run(command: &ProxyCommand) -> anyhow::Result<()> {
    let (ProxyCommand::Nginx(front) | ProxyCommand::Caddy(front)) = command;
    let config = Config::load(&front.with.config)?;
    let (pages, media_url) = (config.domain(), config.media_url()?);
    let others = [(Block::Handles, config.handle_domain()), (Block::Files, authority(&media_url))];
    let others: Vec<_> = others.into_iter().filter(|(_, host)| *host != pages).collect();
    let own = |block| others.iter().find(|(other, _)| *other == block).map(|(_, host)| host.clone());
    let host = match front.block {
        Block::Pages => pages.clone(),
        block => own(block).with_context(|| {
            let setting = if block == Block::Handles { "home.handle_domain" } else { "home.media_url" };
            format!("{setting} names no host but {pages}, whose block has all that is needed")
        })?,
    };
    if front.files.is_some() && own(Block::Files).is_some() {
        bail!("home.media_url names a host for the files; its block has the lines for them (--block files)");
    }
    // Nobody is behind the block that only points elsewhere.
    let nobody = (front.block == Block::Handles).then_some(config.server.listen);
    let behind = front.behind.or(nobody).context("say with --behind where the server behind listens")?;
    let parts = Parts {
        origin: config.server.base_url.origin().ascii_serialization(),
        host,
        ours: config.server.listen,
        behind,
        files: if front.block == Block::Files { Some(behind) } else { front.files },
        files_below: media_url.path().trim_end_matches('/').to_owned(),
        others,
    };
    let text = match command {
        ProxyCommand::Nginx(_) => nginx::lines(&parts, front.block),
        ProxyCommand::Caddy(_) => caddy::lines(&parts, front.block),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Says which other blocks want lines, in comments.
fn further(parts: &Parts, proxy: &str) -> String {
    let line = |(block, host): &(Block, String)| {
        let (word, what) = match block {
            Block::Files => ("files --behind ADDRESS:PORT", "the files"),
            _ => ("handles", "who knows a handle only"),
        };
        format!("# For {what} {host} has a block of its own: `godwit proxy {proxy} --block {word}`.\n")
    };
    parts.others.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(others: &[(Block, &str)]) -> Parts {
        Parts {
            origin: "https://social.example".to_owned(),
            host: "social.example".to_owned(),
            ours: "127.0.0.1:8420".parse().unwrap(),
            behind: "127.0.0.1:3000".parse().unwrap(),
            files: None,
            files_below: "/system".to_owned(),
            others: others.iter().map(|(block, host)| (*block, (*host).to_owned())).collect(),
        }
    }

    #[test]
    fn hosts_of_their_own_for_handles_and_files_are_named_with_the_way_to_their_lines() {
        let apart = parts(&[(Block::Handles, "example.org"), (Block::Files, "files.example")]);
        let together = parts(&[]);
        for lines in [nginx::lines, caddy::lines] {
            let text = lines(&apart, Block::Pages);
            for part in ["example.org", "--block handles", "files.example", "--block files"] {
                assert!(text.contains(part), "{part} in {text}");
            }
            assert!(!lines(&together, Block::Pages).contains("--block"));
        }
    }

    #[test]
    fn the_block_of_handles_asks_nobody_and_that_of_files_asks_both() {
        for lines in [nginx::lines, caddy::lines] {
            let handles = lines(&parts(&[]), Block::Handles);
            assert!(
                handles.contains("https://social.example") && !handles.contains("127.0.0.1"),
                "{handles}"
            );
            let parts = Parts { files: Some("127.0.0.1:3001".parse().unwrap()), ..parts(&[]) };
            let files = lines(&parts, Block::Files);
            assert!(files.contains("127.0.0.1:8420") && files.contains("127.0.0.1:3001"), "{files}");
        }
    }

    #[test]
    fn files_under_the_host_of_the_pages_are_asked_for_where_they_lie_and_nowhere_else() {
        let apart = parts(&[]);
        let with = Parts { files: Some("127.0.0.1:3001".parse().unwrap()), ..parts(&[]) };
        for lines in [nginx::lines, caddy::lines] {
            assert!(!lines(&apart, Block::Pages).contains("moved-files"));
            let text = lines(&with, Block::Pages);
            for part in ["127.0.0.1:3001", "/system/media_attachments/", "/godwit/moved-files"] {
                assert!(text.contains(part), "{part} in {text}");
            }
            assert_eq!(
                text.matches("/accounts/").count(),
                text.matches("/system/accounts/").count(),
                "{text}"
            );
        }
    }
}
