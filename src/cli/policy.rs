//! `godwit policy`: the rules about who may come and go.

use std::io::{Read, Write};

use clap::{Args, Subcommand};

use super::WithConfig;
use crate::{
    app::App,
    config::Config,
    model::policy::{Policy, Preset},
    telemetry,
    transfer::desk,
};

/// What can be done with the rules.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Says the rules in force, a sentence each.
    Show(ShowArguments),
    /// Puts other rules into force.
    Set(SetArguments),
    /// Says what other rules would have answered to the requests of the last 90 days.
    WhatIf(SetArguments),
}

/// How they are shown.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// Prints them as JSON, as `set` takes them.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    with: WithConfig,
}

/// Which rules.
#[derive(Debug, Args)]
pub(super) struct SetArguments {
    /// `open`, `careful`, `closed` or `closing`; without it JSON is read from standard input.
    preset: Option<String>,
    #[command(flatten)]
    with: WithConfig,
}

/// Runs one of them.
pub(super) fn run(command: PolicyCommand) -> anyhow::Result<()> {
    telemetry::start("warn");
    actix_web::rt::System::new().block_on(async {
        match command {
            PolicyCommand::Show(arguments) => show(&arguments).await,
            PolicyCommand::Set(arguments) => set(&arguments).await,
            PolicyCommand::WhatIf(arguments) => what_if(&arguments).await,
        }
    })
}

async fn open(with: &WithConfig) -> anyhow::Result<App> {
    App::open(Config::load(&with.config)?).await
}

fn say(policy: &Policy) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    policy.sentences().iter().try_for_each(|said| writeln!(out, "{said}"))
}

async fn show(arguments: &ShowArguments) -> anyhow::Result<()> {
    let app = open(&arguments.with).await?;
    let policy = desk::rules(&app.engine).await?.policy;
    if arguments.json {
        serde_json::to_writer_pretty(std::io::stdout(), &policy)?;
        return Ok(writeln!(std::io::stdout())?);
    }
    Ok(say(&policy)?)
}

/// The rules that are named, or stand at standard input.
async fn named(app: &App, arguments: &SetArguments) -> anyhow::Result<(i64, Policy)> {
    let now = desk::rules(&app.engine).await?;
    let Some(word) = &arguments.preset else {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        return Ok((now.version, serde_json::from_str(&text)?));
    };
    let preset = Preset::from_word(word)
        .ok_or_else(|| anyhow::anyhow!("there are the presets open, careful, closed and closing"))?;
    Ok((now.version, preset.policy(&now.policy)))
}

async fn set(arguments: &SetArguments) -> anyhow::Result<()> {
    let app = open(&arguments.with).await?;
    let (version, policy) = named(&app, arguments).await?;
    desk::change(&app.engine, version, policy.clone(), None).await?;
    Ok(say(&policy)?)
}

async fn what_if(arguments: &SetArguments) -> anyhow::Result<()> {
    let app = open(&arguments.with).await?;
    let (_, policy) = named(&app, arguments).await?;
    let said = desk::what_if(&app.engine, &policy).await?;
    serde_json::to_writer_pretty(std::io::stdout(), &said)?;
    Ok(writeln!(std::io::stdout())?)
}
