//! `collectief contract level`.

use std::process::ExitCode;

use clap::Subcommand;
use collectief_domain::assurance::Demand;
use collectief_service::{ServiceError, contract};

use super::{CommandError, tell};
use crate::{
    settings::Settings,
    start::{Schema, open},
};

/// The word for a contract on which a password will do.
const NONE: &str = "none";

#[derive(Debug, Subcommand)]
pub(super) enum Contract {
    /// Demand a level of eHerkenning: whoever signed in with less, or with a password, does not see the contract
    Level {
        /// Contract number
        #[arg(long, env = "COLLECTIEF_CONTRACT")]
        number: String,
        /// loa2plus, loa3 or loa4; none where a password will do
        #[arg(long, value_parser = level)]
        level: Level,
    },
}

/// A level that is demanded, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level(Option<Demand>);

fn level(text: &str) -> Result<Level, String> {
    let known = || Demand::ALL.map(Demand::code).join(", ");
    match text.trim() {
        NONE => Ok(Level(None)),
        code => Demand::from_code(code)
            .map(|demand| Level(Some(demand)))
            .ok_or_else(|| format!("not a level; there are {}, and {NONE}", known())),
    }
}

/// Sets what holds for a contract.
pub(super) async fn contract(settings: &Settings, what: Contract) -> Result<ExitCode, CommandError> {
    let Contract::Level { number, level: Level(demand) } = what;
    let portal = open(settings, Schema::UpdateIfOwn).await?;
    match contract::demand_level(&portal, &number, demand).await {
        Ok(()) => match demand {
            Some(demand) => tell(&format!("Contract {number} demands eHerkenning {} or higher", demand.name())),
            None => tell(&format!("Contract {number} demands no eHerkenning")),
        },
        Err(ServiceError::NotFound) => return Err(CommandError::new(format!("there is no contract {number}"))),
        Err(other) => return Err(CommandError::refused(other)),
    }
    Ok(ExitCode::SUCCESS)
}
