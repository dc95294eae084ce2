//! `godwit keeper`: the process that alone may open keys and write to the other server's parts.

use std::{io::Write, path::PathBuf};

use anyhow::Context;

use crate::{app::keeper, config::Config, telemetry};

/// Where it listens, and for whom.
#[derive(Debug, clap::Args)]
pub struct KeeperArguments {
    /// Its own configuration file, which only it can read.
    #[arg(long, default_value = "/etc/godwit-keeper.toml")]
    config: PathBuf,
    /// The socket it listens on.
    #[arg(long, default_value = "/run/godwit-keeper/socket")]
    socket: PathBuf,
    /// A user of this machine that may ask, by name or number; may be given several times.
    #[arg(long = "user", required = true)]
    users: Vec<String>,
}

/// Runs it until it is told to stop.
///
/// # Errors
/// When the configuration cannot be read, or there is no such user.
pub fn run(arguments: &KeeperArguments) -> anyhow::Result<()> {
    telemetry::start("info");
    let config = Config::load(&arguments.config)?;
    let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let users = arguments.users.iter().map(|user| number(user, &known)).collect::<anyhow::Result<_>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    runtime.block_on(async move {
        let socket = arguments.socket.display();
        let listener = keeper::listen(&arguments.socket).with_context(|| format!("listening on {socket}"))?;
        // Whoever started us waits for this line.
        writeln!(std::io::stdout(), "keeping {socket}")?;
        keeper::keep(&config, listener, users).await
    })
}

/// The number of a user, by name or as it is.
fn number(user: &str, known: &str) -> anyhow::Result<u32> {
    if let Ok(number) = user.parse() {
        return Ok(number);
    }
    let of = |line: &str| {
        let mut parts = line.split(':');
        let number = (parts.next() == Some(user)).then(|| parts.nth(1)).flatten()?;
        number.parse().ok()
    };
    known.lines().find_map(of).with_context(|| format!("there is no user {user} on this machine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name_and_an_unknown_one_stops_it() {
        let known = "root:x:0:0:root:/root:/bin/sh\ngodwit:x:990:990::/var/lib/godwit:/bin/false\n";
        assert_eq!(number("godwit", known).unwrap(), 990);
        assert_eq!(number("7", known).unwrap(), 7);
        assert!(number("god", known).is_err());
    }
}
