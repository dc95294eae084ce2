//! `godwit account`: the accounts of the built-in server.

use std::io::{BufRead, Write};

use anyhow::Context;
use clap::{Args, Subcommand};

use super::WithConfig;
use crate::{
    app::App,
    config::Config,
    site::accounts::Role,
    store::{
        audit::AuditRow,
        letters,
        sanctions::{self, Sanction},
    },
    telemetry,
};

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Makes an account.
    Create(CreateArguments),
    /// Lets an account answer for the server: from its next page on it finds the desk. The first admin is made so.
    Admin(AdminArguments),
    /// Says where an account's letters go; without an address they are read on the page only.
    Email(EmailArguments),
    /// Puts an account under a sanction, as far as leaving is concerned, or lifts it.
    Sanction(SanctionArguments),
}

/// A new account.
#[derive(Debug, Args)]
pub(super) struct CreateArguments {
    /// Its login name.
    name: String,
    /// It answers for the server.
    #[arg(long)]
    admin: bool,
    /// Reads the password from standard input instead of making one up.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    with: WithConfig,
}

/// Where letters go.
#[derive(Debug, Args)]
pub(super) struct EmailArguments {
    /// Its login name.
    name: String,
    /// The e-mail address.
    address: Option<String>,
    #[command(flatten)]
    with: WithConfig,
}

async fn email(config: Config, arguments: EmailArguments) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let account = app.site.account_named(&arguments.name).await?;
    let account = account.with_context(|| format!("there is no account {}", arguments.name))?;
    if let Some(address) = arguments.address.as_deref().filter(|text| !app.engine.postman.is_address(text)) {
        anyhow::bail!("{address} is not an e-mail address");
    }
    let now = app.clock.now_micros();
    Ok(letters::set_address(&app.store, account.id.as_str(), arguments.address, now).await?)
}

/// A sanction.
#[derive(Debug, Args)]
pub(super) struct SanctionArguments {
    /// Its login name.
    name: String,
    /// Why; who is sanctioned reads it. Without it the sanction is lifted.
    #[arg(long)]
    reason: Option<String>,
    /// Whether the account may take its data along (and nothing else); without it as the rules say.
    #[arg(long)]
    may_leave: Option<bool>,
    #[command(flatten)]
    with: WithConfig,
}

async fn sanction(config: Config, arguments: SanctionArguments) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let account = app.site.account_named(&arguments.name).await?;
    let account = account.with_context(|| format!("there is no account {}", arguments.name))?;
    let may_leave = arguments.may_leave;
    let one = arguments.reason.map(|reason| Sanction { reason, may_leave });
    let what = if one.is_some() { "sanctioned" } else { "sanction_lifted" };
    let line = AuditRow {
        id: app.clock.id(),
        at: app.clock.now_micros(),
        account_id: None,
        what: what.to_owned(),
        detail: account.username,
    };
    Ok(sanctions::set(&app.store, account.id.as_str(), one, line).await?)
}

/// Who answers for the server.
#[derive(Debug, Args)]
pub(super) struct AdminArguments {
    /// Its login name.
    name: String,
    /// Takes it back: an ordinary account again.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    with: WithConfig,
}

async fn admin(config: Config, arguments: AdminArguments) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let role = if arguments.remove { Role::Member } else { Role::Admin };
    let account = app.site.set_role(&arguments.name, role).await?;
    let desk = app.config.server.base_url.join("/desk")?;
    let mut out = std::io::stdout();
    match role {
        Role::Admin => {
            writeln!(out, "@{}@{} finds the desk at {desk}", account.username, app.config.domain())?;
        }
        Role::Member => {
            writeln!(out, "@{}@{} is no admin", account.username, app.config.domain())?;
        }
    }
    Ok(())
}

/// Runs one of them.
pub(super) fn run(command: AccountCommand) -> anyhow::Result<()> {
    telemetry::start("warn");
    let system = actix_web::rt::System::new();
    match command {
        AccountCommand::Create(arguments) => {
            system.block_on(create(Config::load(&arguments.with.config)?, arguments))
        }
        AccountCommand::Admin(arguments) => {
            system.block_on(admin(Config::load(&arguments.with.config)?, arguments))
        }
        AccountCommand::Email(arguments) => {
            system.block_on(email(Config::load(&arguments.with.config)?, arguments))
        }
        AccountCommand::Sanction(arguments) => {
            system.block_on(sanction(Config::load(&arguments.with.config)?, arguments))
        }
    }
}

async fn create(config: Config, arguments: CreateArguments) -> anyhow::Result<()> {
    let app = App::open(config).await?;
    let password = if arguments.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("reading the password")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        app.clock.secret().chars().take(20).collect()
    };
    let role = if arguments.admin { Role::Admin } else { Role::Member };
    let account = app.site.create_account(&arguments.name, &password, role).await?;
    let mut out = std::io::stdout();
    writeln!(out, "@{}@{}", account.username, app.config.domain())?;
    if !arguments.password_stdin {
        writeln!(out, "password: {password}")?;
    }
    Ok(())
}
