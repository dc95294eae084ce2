//! `godwit check`: looks whether everything is in place; 0 when it is, 10 when something will not work, 11
//! when nothing will.

use std::{io::Write, path::PathBuf, process::ExitCode};

use crate::{
    adapters::Rights,
    app::check,
    config::Config,
    model::finding::{Finding, Weight},
    telemetry,
};

/// What to look at, and how to say it.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct CheckArguments {
    /// The configuration file.
    #[arg(long, default_value = "config.toml")]
    config: PathBuf,
    /// Prints the findings as JSON.
    #[arg(long)]
    json: bool,
    /// Prints the script that makes the role the daemon needs in the other server's database, and looks at
    /// nothing.
    #[arg(long)]
    print_role: bool,
    /// With `--print-role`: prints what that role needs besides to write copies, aliases and moves.
    #[arg(long, requires = "print_role")]
    writing: bool,
    /// With `--print-role`: prints the role of the keeper, which signs in the name of accounts.
    #[arg(long, requires = "print_role", conflicts_with = "writing")]
    signing: bool,
}

/// Looks, and says what was found.
///
/// # Errors
/// When the configuration cannot be read.
pub fn run(arguments: &CheckArguments) -> anyhow::Result<ExitCode> {
    telemetry::start("error");
    let config = Config::load(&arguments.config)?;
    actix_web::rt::System::new().block_on(say(arguments, config))
}

async fn say(arguments: &CheckArguments, config: Config) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    if arguments.print_role {
        let rights = match (arguments.writing, arguments.signing) {
            (true, _) => Rights::Writing,
            (_, true) => Rights::Signing,
            _ => Rights::Reading,
        };
        out.write_all(check::role(&config, rights).await?.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let findings = check::look(config).await?;
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
    } else {
        for Finding { about, weight, cause, remedy } in &findings {
            let mark = match weight {
                Weight::Good => "good  ",
                Weight::Warns => "warns ",
                Weight::Blocks => "BLOCKS",
            };
            writeln!(out, "{mark} {about}: {cause}")?;
            if !remedy.is_empty() {
                writeln!(out, "       → {remedy}")?;
            }
        }
    }
    Ok(ExitCode::from(Finding::exit_code(&findings)))
}
