//! `collectief keys`.

use std::process::ExitCode;

use clap::Subcommand;
use collectief_service::keys::{Rotation, rotate};

use super::{CommandError, finish, tell};
use crate::{
    keys::add_key,
    settings::Settings,
    start::{Schema, open},
};

/// How many BSNs are between two lines about how far it is.
const TOLD_EVERY: u64 = 50_000;

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Add a new encryption key to the keys file; servers use it once they are started again
    Add {
        /// Keep encrypting with the present key until the line `current` is taken out of the file: for several servers
        /// that share a database
        #[arg(long)]
        standby: bool,
    },
    /// Encrypt everything anew that older keys made, while the portal runs; can be started again at any time
    Rotate,
}

/// Replaces keys.
pub(super) async fn keys(settings: &Settings, what: Keys) -> Result<ExitCode, CommandError> {
    match what {
        Keys::Add { standby } => add(settings, standby),
        Keys::Rotate => rotate_all(settings).await,
    }
}

fn add(settings: &Settings, standby: bool) -> Result<ExitCode, CommandError> {
    if settings.keys.is_some() {
        return Err(CommandError::new(
            "the keys come from the variable COLLECTIEF_KEYS, which no command can change; add a key where it is set",
        ));
    }
    let number = add_key(&settings.keys_file, standby)?;
    let file = settings.keys_file.display();
    tell(&format!("Key {number} was added to {file}. Make a copy of that file, apart from the database."));
    tell(if standby {
        "Start every server again, then take the line `current` out of the file, start them once more, and run \
         `collectief keys rotate`."
    } else {
        "Start the server again, and run `collectief keys rotate`."
    });
    Ok(ExitCode::SUCCESS)
}

async fn rotate_all(settings: &Settings) -> Result<ExitCode, CommandError> {
    let portal = open(settings, Schema::UpdateIfOwn).await?;
    let mut told = 0;
    let done = rotate(&portal, &mut |so_far: Rotation| {
        if so_far.bsns / TOLD_EVERY != told {
            told = so_far.bsns / TOLD_EVERY;
            tell(&format!("{} BSNs looked at, {} encrypted anew.", so_far.bsns, so_far.renewed_bsns));
        }
    })
    .await
    .map_err(CommandError::refused)?;
    finish(&portal).await?;
    tell(&format!(
        "Key {} made all {} BSNs now; {} were encrypted anew, and {} other secrets. Older keys can be taken out of the \
         keys file; copies of the database of before still need them.",
        done.key, done.bsns, done.renewed_bsns, done.renewed_secrets
    ));
    Ok(ExitCode::SUCCESS)
}
