//! `godwit demo`: three servers on loopback, a whole transfer through their real pages, and a checker.
//!
//! Nothing here knows how the daemon works inside: servers are processes, people are browsers, and
//! what is true is what HTTP says.

mod beside;
mod browser;
mod checker;
mod forms;
mod homes;
mod outcome;
mod progress;
mod sample;
mod table;
mod walk;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result};

pub(super) use beside::{Alone, run_alone};
use homes::{Homes, Kinds, Ports};
use outcome::Outcome;
use progress::Progress;
use walk::Stage;

use crate::adapters::stand_in;

/// A walk that takes longer hangs somewhere; the step it hangs in is named.
const DEADLINE: Duration = Duration::from_mins(10);

/// Shows a whole move on this machine: three servers, every page, every number checked.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Archive to move (zip or tar.gz); without it a made-up one is used.
    #[arg(long, value_name = "FILE")]
    archive: Option<PathBuf>,
    /// End after the walk instead of leaving the servers up for a look around.
    #[arg(long)]
    once: bool,
    /// Print the result as one JSON object on stdout.
    #[arg(long)]
    json: bool,
    /// First of three ports; without it 4701 if free, else any.
    #[arg(long, value_name = "PORT")]
    ports: Option<u16>,
    /// Old home is its own server (own), or stands beside another, of which a stand-in is started; needs
    /// PostgreSQL's programs then.
    #[arg(long, value_name = "KIND", value_parser = kind, default_value = OWN)]
    old: Kind,
    /// New home is, or does.
    #[arg(long, value_name = "KIND", value_parser = kind, default_value = OWN)]
    new: Kind,
    /// Program to run between the announcement and the last check: for tests of the checker.
    #[arg(long, value_name = "PROGRAM", hide = true)]
    before_check: Option<PathBuf>,
}

/// The word for a home that is its own server.
const OWN: &str = "own";

/// What a home is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its own server.
    Own,
    /// Beside the one kind of server that is stood in for.
    Beside,
}

/// Reads what a home is.
fn kind(word: &str) -> Result<Kind> {
    let known = stand_in::KIND;
    match word {
        OWN => Ok(Kind::Own),
        word if stand_in::is_meant(word) => Ok(Kind::Beside),
        _ => anyhow::bail!("there is no stand-in for {word}; there is one for {known}, and {OWN} needs none"),
    }
}

/// Runs the command to its end.
pub(super) fn start(options: Options) -> ExitCode {
    match actix_web::rt::System::new().block_on(run(options)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("godwit: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Walks, checks, tells; then stays up unless told otherwise. Success means that everything agrees.
///
/// # Errors
/// When a step of the walk cannot be done, with the ends of the servers' logs.
pub async fn run(options: Options) -> Result<ExitCode> {
    tokio::select! {
        // The show goes first: once the walk is over, being stopped is how it ends well.
        biased;
        ended = show(&options) => ended,
        () = told_to_stop() => {
            eprintln!("\nStopped; the servers and their data are gone.");
            Ok(ExitCode::from(130))
        }
    }
}

/// Ctrl-C or a polite request to end.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[expect(clippy::print_stdout, reason = "the result is this command's output")]
async fn show(options: &Options) -> Result<ExitCode> {
    let progress = Progress::new();
    let ports = match (options.ports, options.once) {
        (Some(first), _) => Ports::From(first),
        (None, true) => Ports::Any,
        (None, false) => Ports::Usual,
    };
    let kinds =
        Kinds { old_is_beside: options.old == Kind::Beside, new_is_beside: options.new == Kind::Beside };
    let mut homes = Homes::prepare(ports, kinds)?;
    homes.raise().await?;
    let archive = match &options.archive {
        // Commands of the homes run in their own directories.
        Some(file) => file.canonicalize().with_context(|| format!("opening {}", file.display()))?,
        None => sample::write(homes.dir(), homes.third.url.as_str(), "fay")?,
    };
    let stage = Stage::new(&homes, &checker::Archive::read(&archive)?.username)?;
    let before_check = options.before_check.as_deref();
    let walk = walk::run(&mut homes, &stage, &archive, before_check, &progress);
    let walked = match tokio::time::timeout(DEADLINE, walk).await {
        Ok(walked) => walked.with_context(|| format!("in the step “{}”", progress.last_step())),
        Err(_) => Err(anyhow::anyhow!(
            "the step “{}” did not end within {} s of the start",
            progress.last_step(),
            DEADLINE.as_secs()
        )),
    };
    let (outcome, findings) = match walked {
        Ok(walked) => walked,
        Err(error) => {
            eprintln!("{}", homes.log_tails());
            return Err(error);
        }
    };
    table::print(&outcome, &findings);
    if options.json {
        println!("{}", as_json(&outcome)?);
    }
    if !options.once {
        invite(&homes, &stage);
        told_to_stop().await;
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_json(outcome: &Outcome) -> Result<String> {
    serde_json::to_string(outcome).context("writing the result")
}

/// Says what there is to look at and how to get in.
fn invite(homes: &Homes, stage: &Stage) {
    eprintln!("\nThe three servers stay up. Sign in and look around:");
    for login in stage.logins() {
        eprintln!("  {}sign-in   name {}   password {}", login.home, login.name, login.password);
    }
    let second = &stage.second_name;
    eprintln!(
        "\n@{}@{} has moved: {}@{} leads on.",
        stage.old_name,
        homes.old.domain(),
        homes.old.url,
        stage.old_name
    );
    eprintln!(
        "@{second}@{} has not. To move it yourself, sign in as {second} at New home and open",
        homes.old.domain()
    );
    eprintln!("  {}transfers/new", homes.new.url);
    eprintln!("Press Ctrl-C to end; everything is thrown away then.");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_one_object_with_the_promised_fields() {
        let json: serde_json::Value = serde_json::from_str(&as_json(&Outcome::default()).unwrap()).unwrap();
        let fields = [
            "/items/posts/source",
            "/items/boosts/destination",
            "/items/likes/skipped",
            "/items/media/failed",
            "/items/bookmarks/source",
            "/visibility/public",
            "/visibility/unlisted",
            "/visibility/followers",
            "/visibility/direct",
            "/map/entries",
            "/map/handed_over",
            "/redirects/checked",
            "/redirects/ok",
            "/redirects/hidden_checked",
            "/redirects/hidden_leaked",
            "/follower/followed_old_before",
            "/follower/follows_new_after",
            "/follower/follows_old_after",
            "/notifications_at_follower",
            "/reasons",
            "/differences",
            "/elapsed_ms",
        ];
        for field in fields {
            assert!(json.pointer(field).is_some(), "{field} is missing");
        }
    }
}
