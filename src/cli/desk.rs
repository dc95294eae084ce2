//! `godwit arrivals`, `godwit departures` and `godwit audit`: the desk without a browser.

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::WithConfig;
use crate::{
    app::App,
    config::Config,
    model::{collection::CollectionKind, id::TransferId, moment::Moment},
    store::{applications, audit, hidden_imports, to_json, transfers},
    telemetry,
    transfer::{
        admit::{self, Word},
        desk,
        hide::{self, Deed},
    },
};

/// Requests listed at most.
const MOST: i64 = 1_000;

/// What can be done about arrivals.
#[derive(Debug, Subcommand)]
pub(super) enum ArrivalsCommand {
    /// Who waits, in their order.
    List(WithConfig),
    /// Lets somebody in; the limits are asked once more.
    Approve {
        /// The request's id.
        id: String,
        /// A kind that stays where it is, as `media`; may be given several times.
        #[arg(long = "without", value_name = "KIND")]
        without: Vec<String>,
        #[command(flatten)]
        with: WithConfig,
    },
    /// Does not let somebody in.
    Decline {
        /// The request's id.
        id: String,
        /// Why; the applicant reads it.
        #[arg(long)]
        why: String,
        #[command(flatten)]
        with: WithConfig,
    },
    /// Asks an applicant something.
    Ask {
        /// The request's id.
        id: String,
        /// What; the applicant reads it.
        question: String,
        #[command(flatten)]
        with: WithConfig,
    },
    /// Holds a request back.
    Hold {
        /// The request's id.
        id: String,
        /// For how many days.
        #[arg(long, default_value_t = 3)]
        days: u32,
        #[command(flatten)]
        with: WithConfig,
    },
    /// Takes a whole copy out of everybody's sight but its owner's.
    Hide(Reasoned),
    /// As hide, and deletes it in 30 days unless it is shown again before.
    Remove(Reasoned),
    /// Shows a hidden copy again, as it was.
    Show {
        /// The request's id.
        id: String,
        #[command(flatten)]
        with: WithConfig,
    },
    /// Copies that are out of sight.
    Hidden(WithConfig),
}

/// Why, for a deed its owner reads of.
#[derive(Debug, Args)]
pub(super) struct Reasoned {
    /// The request's id.
    id: String,
    /// Why; the owner of the account reads it.
    #[arg(long)]
    why: String,
    #[command(flatten)]
    with: WithConfig,
}

/// What can be done about departures.
#[derive(Debug, Subcommand)]
pub(super) enum DeparturesCommand {
    /// Where accounts go, how many, and what is unusual.
    List(WithConfig),
    /// Stops departures for a server, or for all.
    Stop {
        /// The server; without it nobody leaves at all.
        server: Option<String>,
        #[command(flatten)]
        with: WithConfig,
    },
}

/// Which post is erased.
#[derive(Debug, Args)]
pub(super) struct EraseArguments {
    /// Its address, here or where it was before.
    address: String,
    /// Why; its owner reads it.
    #[arg(long)]
    why: String,
    #[command(flatten)]
    with: WithConfig,
}

/// Erases a post.
pub(super) fn erase(arguments: &EraseArguments) -> anyhow::Result<()> {
    telemetry::start("warn");
    actix_web::rt::System::new().block_on(async {
        let app = open(&arguments.with).await?;
        Ok(app.erase_post(&arguments.address, &arguments.why, None).await?)
    })
}

/// How the book is printed.
#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    /// As a table; else as JSON lines.
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    with: WithConfig,
}

async fn open(with: &WithConfig) -> anyhow::Result<App> {
    App::open(Config::load(&with.config)?).await
}

/// Runs a command about arrivals.
pub(super) fn arrivals(command: ArrivalsCommand) -> anyhow::Result<()> {
    telemetry::start("warn");
    actix_web::rt::System::new().block_on(async move {
        match command {
            ArrivalsCommand::List(with) => list(&with).await,
            ArrivalsCommand::Approve { id, without, with } => {
                let kinds = without.iter().map(|word| {
                    CollectionKind::from_word(word).with_context(|| format!("there is no kind {word}"))
                });
                let word = Word::Approve(kinds.collect::<anyhow::Result<_>>()?);
                answer(&with, &id, word).await
            }
            ArrivalsCommand::Decline { id, why, with } => answer(&with, &id, Word::Decline(why)).await,
            ArrivalsCommand::Ask { id, question, with } => answer(&with, &id, Word::Ask(question)).await,
            ArrivalsCommand::Hide(Reasoned { id, why, with }) => act(&with, &id, Deed::Hide(why)).await,
            ArrivalsCommand::Remove(Reasoned { id, why, with }) => act(&with, &id, Deed::Remove(why)).await,
            ArrivalsCommand::Show { id, with } => act(&with, &id, Deed::Show).await,
            ArrivalsCommand::Hidden(with) => hidden(&with).await,
            ArrivalsCommand::Hold { id, days, with } => answer(&with, &id, Word::Hold(days)).await,
        }
    })
}

async fn answer(with: &WithConfig, id: &str, word: Word) -> anyhow::Result<()> {
    let app = open(with).await?;
    let transfer = transfers::find(&app.store, &TransferId::from(id)).await?;
    let transfer = transfer.with_context(|| format!("there is no request {id}"))?;
    Ok(admit::answer(&app.engine, &transfer, None, word).await?)
}

async fn act(with: &WithConfig, id: &str, deed: Deed) -> anyhow::Result<()> {
    let app = open(with).await?;
    let transfer = transfers::find(&app.store, &TransferId::from(id)).await?;
    let transfer = transfer.with_context(|| format!("there is no request {id}"))?;
    Ok(hide::act(&app.engine, &transfer, None, deed).await?)
}

async fn hidden(with: &WithConfig) -> anyhow::Result<()> {
    let app = open(with).await?;
    let mut out = std::io::stdout();
    for one in hidden_imports::all(&app.store, MOST).await? {
        let day = |at: i64| Moment::from_micros(at).day();
        let goes = one.remove_at.map(|at| format!(", gone for good on {}", day(at))).unwrap_or_default();
        writeln!(out, "{}  hidden since {}{goes}: {}", one.transfer_id, day(one.hidden_at), one.why)?;
    }
    Ok(())
}

async fn list(with: &WithConfig) -> anyhow::Result<()> {
    let app = open(with).await?;
    let mut out = std::io::stdout();
    for one in applications::pending(&app.store, app.clock.now_micros(), MOST).await? {
        let number = |value: Option<u64>| value.map_or_else(|| "?".to_owned(), |n| n.to_string());
        let size = &one.request.size;
        writeln!(
            out,
            "{}  {}  {}  {} posts, {} bytes of files",
            one.transfer,
            Moment::from_micros(one.asked_at).day(),
            one.request.who.shown(),
            number(size.posts),
            number(size.media_bytes),
        )?;
        for need in &one.needs {
            writeln!(out, "    {}", need.sentence(&app.config.domain()))?;
        }
        if let Some(question) = &one.question {
            writeln!(out, "    asked: {question}")?;
            writeln!(out, "    answer: {}", one.answer.as_deref().unwrap_or("none yet"))?;
        }
    }
    Ok(())
}

/// Runs a command about departures.
pub(super) fn departures(command: DeparturesCommand) -> anyhow::Result<()> {
    telemetry::start("warn");
    actix_web::rt::System::new().block_on(async move {
        match command {
            DeparturesCommand::Stop { server, with } => {
                let app = open(&with).await?;
                Ok(desk::stop(&app.engine, server.as_deref(), None).await?)
            }
            DeparturesCommand::List(with) => {
                let app = open(&with).await?;
                let leaving = desk::leaving(&app.engine).await?;
                let mut out = std::io::stdout();
                for one in &leaving.servers {
                    let stopped = if one.is_allowed { "" } else { "  stopped" };
                    writeln!(
                        out,
                        "{}  {} accounts, {} within a day, {} permissions hold{stopped}",
                        one.server, one.accounts, one.lately, one.open
                    )?;
                }
                for said in &leaving.anomalies {
                    writeln!(out, "{said}")?;
                }
                Ok(())
            }
        }
    })
}

/// Prints the book.
pub(super) fn audit(arguments: &AuditArguments) -> anyhow::Result<()> {
    telemetry::start("warn");
    actix_web::rt::System::new().block_on(async {
        let app = open(&arguments.with).await?;
        let mut out = std::io::stdout().lock();
        if arguments.csv {
            writeln!(out, "id,at,by,what,detail")?;
        }
        let mut after = String::new();
        loop {
            let batch = audit::after(&app.store, &after, 500).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after.clone_from(&last.id);
            for line in &batch {
                if arguments.csv {
                    let at = Moment::from_micros(line.at).text().to_owned();
                    let mut writer = csv::Writer::from_writer(&mut out);
                    let by = line.account_id.as_deref().unwrap_or_default();
                    writer.write_record([&line.id, &at, by, &line.what, &line.detail])?;
                } else {
                    writeln!(out, "{}", to_json(line))?;
                }
            }
        }
    })
}
