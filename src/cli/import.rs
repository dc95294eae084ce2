//! `godwit import FILE --account NAME`: an archive becomes part of an account, by the same steps as
//! a transfer from a live server.

use std::{collections::BTreeSet, io::Write, path::PathBuf};

use anyhow::{Context, bail};

use super::WithConfig;
use crate::{
    app::App,
    config::Config,
    model::{
        id::TransferId,
        report::Report,
        transfer::{Origin, Transfer, TransferState},
    },
    store::transfers,
    telemetry,
    transfer::{admit, certificate, status, step, trial, turn},
};

/// What to import, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// The archive: zip or tar.gz as the other server made it.
    file: PathBuf,
    /// A CSV file that belongs to the archive (followed, blocked or muted accounts, blocked servers, lists,
    /// bookmarks), or a directory of them. May be given several times.
    #[arg(long = "with", value_name = "FILE")]
    beside: Vec<PathBuf>,
    /// The account that receives it.
    #[arg(long)]
    account: String,
    /// Prints the report as one JSON object.
    #[arg(long)]
    json: bool,
    /// Leaves the copy as a trial, visible to its owner only, instead of keeping it.
    #[arg(long)]
    trial: bool,
    /// Lets it in where the rules want an admin to look first: whoever runs this has looked.
    #[arg(long)]
    approve: bool,
    #[command(flatten)]
    with: WithConfig,
}

/// Runs the import to its end.
pub(super) fn run(arguments: &ImportArguments) -> anyhow::Result<()> {
    telemetry::start("warn");
    let config = Config::load(&arguments.with.config)?;
    actix_web::rt::System::new().block_on(import(config, arguments))
}

async fn import(config: Config, arguments: &ImportArguments) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let account = app.host.account_named(&arguments.account).await?;
    let account = account.with_context(|| format!("there is no account {}", arguments.account))?;
    let path = std::fs::canonicalize(&arguments.file)
        .with_context(|| format!("opening {}", arguments.file.display()))?;
    let beside = arguments.beside.iter().map(|path| {
        let path = std::fs::canonicalize(path).with_context(|| format!("opening {}", path.display()))?;
        anyhow::Ok(path.to_string_lossy().into_owned())
    });
    let beside = beside.collect::<anyhow::Result<Vec<String>>>()?;
    let id = TransferId::from(app.clock.id());
    let transfer = Transfer {
        id: id.clone(),
        account: account.id,
        asked_for: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        origin: Origin::Archive { path: path.to_string_lossy().into_owned(), beside },
        state: TransferState::Surveying,
        problem: None,
        resume_at: None,
        ending: None,
    };
    // Taken before it can be seen: a daemon beside this command leaves it alone.
    let holder = format!("import {}", app.clock.id());
    let importing = Box::pin(import_one(&app, transfer, arguments));
    let done = turn::with(&app.store, &*app.clock, step::work(id.as_str()), holder, importing).await?;
    done.context("another program imports this")?
}

/// Takes the archive in, to where its owner decides or beyond.
async fn import_one(app: &App, transfer: Transfer, arguments: &ImportArguments) -> anyhow::Result<()> {
    let id = transfer.id.clone();
    transfers::insert(&app.store, transfer, None, app.clock.now_micros()).await?;
    let mut transfer = run_to_rest(app, &id).await?;
    if transfer.state == TransferState::AwaitingApproval && arguments.approve {
        admit::answer(&app.engine, &transfer, None, admit::Word::Approve(BTreeSet::new())).await?;
        transfer = run_to_rest(app, &id).await?;
    }
    if transfer.state == TransferState::AwaitingApproval {
        let said = format!("It waits at the desk. Look at it and say: godwit arrivals approve {id}");
        return Ok(writeln!(std::io::stdout(), "{said}")?);
    }
    if transfer.state != TransferState::Trial {
        // Nobody waits in a queue for a command: what cannot go on now is taken back.
        let problem = transfer.problem.clone().unwrap_or_default();
        trial::discard(&app.engine, &transfer).await?;
        run_to_rest(app, &id).await?;
        bail!("{problem} Nothing was imported.");
    }
    if !arguments.trial {
        // Whoever runs this command reads the reasons below; nobody else is there to be asked.
        let differing = status::status(&app.engine, &transfer).await?.differences.count;
        certificate::accept(&app.engine, &transfer, differing).await?;
        trial::keep(&app.engine, &transfer).await?;
        transfer = run_to_rest(app, &id).await?;
    }
    let report = status::report(&app.engine, &transfer).await?;
    if arguments.json {
        serde_json::to_writer(std::io::stdout(), &report)?;
        return Ok(writeln!(std::io::stdout())?);
    }
    Ok(print(&report)?)
}

/// Runs steps until a person would have to decide, or something is in the way.
async fn run_to_rest(app: &App, id: &TransferId) -> anyhow::Result<Transfer> {
    loop {
        let transfer = reload(app, id).await?;
        if !transfer.state.is_running() || transfer.problem.is_some() {
            return Ok(transfer);
        }
        step::advance(&app.engine, &transfer).await?;
    }
}

async fn reload(app: &App, id: &TransferId) -> anyhow::Result<Transfer> {
    transfers::find(&app.store, id).await?.context("the transfer is gone")
}

fn print(report: &Report) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{:<16}{:>10}{:>10}{:>10}{:>10}", "kind", "archive", "here", "skipped", "failed")?;
    for (kind, c) in &report.items {
        writeln!(out, "{kind:<16}{:>10}{:>10}{:>10}{:>10}", c.source, c.destination, c.skipped, c.failed)?;
    }
    for line in report.reasons.iter().chain(&report.notes) {
        writeln!(out, "{} × {}: {}", line.count, line.kind, line.why)?;
    }
    Ok(())
}
