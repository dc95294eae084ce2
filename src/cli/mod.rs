//! The commands, one file each.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

mod account;
mod check;
mod config;
mod demo;
mod desk;
mod forwarding;
mod import;
mod keeper;
mod policy;
mod proxy;
mod serve;
mod verify;

/// Moves fediverse accounts: copy, check the numbers, announce, and old links keep working.
#[derive(Debug, Parser)]
#[command(name = "godwit", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the daemon.
    Serve(WithConfig),
    /// Makes accounts of the built-in server.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Says and changes who may come and go.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Shows who wants to come here, and answers.
    #[command(subcommand)]
    Arrivals(desk::ArrivalsCommand),
    /// Shows who leaves, and stops it.
    #[command(subcommand)]
    Departures(desk::DeparturesCommand),
    /// Erases a single post, with its files, for everybody.
    Erase(desk::EraseArguments),
    /// Prints the book of what was done, oldest first.
    Audit(desk::AuditArguments),
    /// Copies an archive that another server made into an account.
    Import(import::ImportArguments),
    /// Shows a whole move between three servers on this machine.
    Demo(demo::Options),
    /// Looks at a certificate, offline: signatures, sums, and the list of items behind it.
    Verify(verify::VerifyArguments),
    /// Looks after forwarding when a backup was restored.
    #[command(subcommand)]
    Forwarding(forwarding::ForwardingCommand),
    /// Looks whether everything the daemon needs is in place.
    Check(check::CheckArguments),
    /// Keeps the keys of a server that is not ours, under a user of its own; the daemon asks it to sign.
    Keeper(keeper::KeeperArguments),
    /// Prints what a proxy needs in front of this daemon and a server that is not ours.
    #[command(subcommand)]
    Proxy(proxy::ProxyCommand),
    /// Prints the example configuration.
    Config,
    /// Runs one home of a laboratory on loopback; `demo` and the tests start it.
    #[command(hide = true)]
    DemoHome(WithConfig),
    /// Runs the stand-in for the server that a home of a laboratory stands beside; the tests start it.
    #[command(hide = true)]
    DemoBehind(demo::Alone),
}

/// Where the configuration lies.
#[derive(Debug, clap::Args)]
pub(crate) struct WithConfig {
    /// The configuration file.
    #[arg(long, default_value = "config.toml")]
    config: PathBuf,
}

/// Reads the arguments and runs a command; 0 is success, 1 failure, 2 wrong usage.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Serve(with) => serve::serve(&with),
        Command::DemoHome(with) => serve::demo_home(&with),
        Command::DemoBehind(options) => demo::run_alone(&options),
        Command::Account(command) => account::run(command),
        Command::Policy(command) => policy::run(command),
        Command::Arrivals(command) => desk::arrivals(command),
        Command::Departures(command) => desk::departures(command),
        Command::Erase(arguments) => desk::erase(&arguments),
        Command::Audit(arguments) => desk::audit(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Demo(options) => return demo::start(options),
        Command::Verify(arguments) => match verify::run(&arguments) {
            Ok(code) => return code,
            Err(error) => Err(error),
        },
        Command::Check(arguments) => match check::run(&arguments) {
            Ok(code) => return code,
            Err(error) => Err(error),
        },
        Command::Keeper(arguments) => keeper::run(&arguments),
        Command::Forwarding(command) => forwarding::run(command),
        Command::Proxy(command) => proxy::run(&command),
        Command::Config => config::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("godwit: {error:#}");
            ExitCode::FAILURE
        }
    }
}
