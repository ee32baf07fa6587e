//! The commands of the program.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use collectief_service::{Portal, ServiceError};
use tracing_subscriber::EnvFilter;

use crate::settings::{CommonOptions, LogFormat, ServeOptions, Settings};

mod account;
mod audit;
mod check;
mod contract;
mod keys;
mod migrate;
mod product;
mod roster;

/// The employer portal for collective health insurance.
///
/// Every option can also be given as an environment variable, COLLECTIEF_ and its name (COLLECTIEF_DATABASE_URL), or in
/// the configuration file (database_url = "…"). An option goes before a variable, a variable before the file.
#[derive(Debug, Parser)]
#[command(name = "collectief", version, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
    common: CommonOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal
    Serve(Box<ServeOptions>),
    /// Bring the database's schema up to date
    Migrate,
    /// Load data from files
    Import {
        #[command(subcommand)]
        what: roster::Import,
    },
    /// Write data to a file
    Export {
        #[command(subcommand)]
        what: roster::Export,
    },
    /// Add, list and unblock accounts
    Account {
        #[command(subcommand)]
        what: account::Account,
    },
    /// Replace the key that encrypts
    Keys {
        #[command(subcommand)]
        what: keys::Keys,
    },
    /// Set what holds for a contract
    Contract {
        #[command(subcommand)]
        what: contract::Contract,
    },
    /// Keep the insurances that can be chosen
    Product {
        #[command(subcommand)]
        what: product::Products,
    },
    /// Look after the access log
    Audit {
        #[command(subcommand)]
        what: audit::Audit,
    },
    /// Recompute everything that is kept twice, and follow the chain of the access log
    Check,
}

/// Runs the command that was given.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let serve = match &arguments.command {
        Command::Serve(options) => (**options).clone(),
        _ => ServeOptions::default(),
    };
    let settings = match Settings::read(&arguments.common, &serve, std::env::vars()) {
        Ok(settings) => settings,
        Err(error) => return failed(&error.to_string()),
    };
    if let Err(reason) = start_log(&settings) {
        return failed(&reason);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the runtime cannot be started: {error}")),
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::Serve(_) => crate::serve::serve(settings).await.map(|()| ExitCode::SUCCESS),
            Command::Migrate => migrate::migrate(&settings).await,
            Command::Import { what } => roster::import(&settings, what).await,
            Command::Export { what } => roster::export(&settings, what).await,
            Command::Account { what } => account::account(&settings, what).await,
            Command::Keys { what } => keys::keys(&settings, what).await,
            Command::Contract { what } => contract::contract(&settings, what).await,
            Command::Product { what } => product::products(&settings, what).await,
            Command::Audit { what } => audit::audit(&settings, what).await,
            Command::Check => check::check(&settings).await,
        }
    });
    match result {
        Ok(code) => code,
        Err(error) => failed(&error.0),
    }
}

/// What the operator is told when a command cannot be done.
#[derive(Debug)]
pub struct CommandError(String);

impl<E: std::error::Error> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl CommandError {
    /// An error with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What a use case refused, in the operator's words.
    pub fn refused(error: ServiceError) -> Self {
        Self(match error {
            ServiceError::Internal(reason) | ServiceError::Unavailable(reason) => reason,
            other => other.to_string(),
        })
    }
}

fn failed(text: &str) -> ExitCode {
    // Nothing can be told when the terminal is gone.
    let _ = writeln!(io::stderr(), "collectief: {text}");
    ExitCode::FAILURE
}

/// Tells the operator something, on standard output.
pub(crate) fn tell(text: &str) {
    // Nothing can be told when the terminal is gone.
    let _ = writeln!(io::stdout(), "{text}");
}

/// Waits until everything that a command did stands in the access log.
async fn finish(portal: &Portal) -> Result<(), CommandError> {
    if portal.audit().flush().await { Ok(()) } else { Err(CommandError::new("the access log cannot be written to")) }
}

/// Log lines go to standard error, so that what a command tells stays apart.
fn start_log(settings: &Settings) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| format!("the setting log: {:?} is not a filter: {error}", settings.log))?;
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match settings.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    }
    .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn options_of_every_command_can_stand_after_it() {
        let arguments =
            Arguments::try_parse_from(["collectief", "account", "unblock", "--email", "a@b", "--data", "d"]);
        assert_eq!(arguments.unwrap().common.data.as_deref(), Some("d"));
    }
}
