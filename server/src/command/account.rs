//! `collectief account add`, `account invite`, `account unblock`, `account main`, `account staff`,
//! `account reset-second-factor`, `account require-second-factor` and `account list`.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
};

use clap::Subcommand;
use collectief_domain::{
    actor::{Role, Roles},
    field::{FieldCode, FieldError},
    password::MIN_ALONE,
    staff::{StaffRole, StaffRoles},
};
use collectief_service::{
    Request, ServiceError,
    account::{self, Contracts, NewAccount},
    account_management,
    clock::day_of,
    office::{self, NewStaff},
    second_factor,
};
use secrecy::SecretString;

use super::{CommandError, tell};
use crate::{
    settings::Settings,
    start::{Schema, open},
};

#[derive(Debug, Subcommand)]
pub(super) enum Account {
    /// Add an account; its password is read from standard input, or chosen by its owner
    Add {
        /// E-mail address
        #[arg(long, env = "COLLECTIEF_EMAIL")]
        email: String,
        /// Name, as the header shows it
        #[arg(long, env = "COLLECTIEF_NAME")]
        name: String,
        /// Contract number; several times, or separated by commas
        #[arg(
            long,
            env = "COLLECTIEF_CONTRACT",
            value_delimiter = ',',
            required_unless_present = "all_contracts",
            conflicts_with = "all_contracts"
        )]
        contract: Vec<String>,
        /// Every contract that there is now
        #[arg(long, env = "COLLECTIEF_ALL_CONTRACTS")]
        all_contracts: bool,
        /// Roles on those contracts: administratief, financieel, accountbeheer
        #[arg(long, env = "COLLECTIEF_ROLE", value_delimiter = ',', required = true, value_parser = role)]
        role: Vec<Role>,
        /// Read no password: mail the owner a link to choose one. A running server delivers it
        #[arg(long)]
        invite: bool,
    },
    /// Mail the owner of an account without a password a new link to choose one
    Invite {
        /// E-mail address
        #[arg(env = "COLLECTIEF_EMAIL")]
        email: String,
    },
    /// Let a blocked account be used again
    Unblock {
        /// E-mail address
        #[arg(long, env = "COLLECTIEF_EMAIL")]
        email: String,
    },
    /// Make an account the main account of an employer: it manages the accounts on all contracts of that employer
    Main {
        /// E-mail address
        #[arg(long, env = "COLLECTIEF_EMAIL")]
        email: String,
        /// The number of any contract of the employer
        #[arg(long, env = "COLLECTIEF_CONTRACT")]
        contract: String,
    },
    /// Give an account roles in the insurer's back office, in place of those that it has there
    Staff {
        /// E-mail address
        #[arg(long, env = "COLLECTIEF_EMAIL")]
        email: String,
        /// Roles: helpdesk, relatiemanager, beveiliging; without any it has none from now on
        #[arg(long, env = "COLLECTIEF_ROLE", value_delimiter = ',', value_parser = staff_role)]
        role: Vec<StaffRole>,
        /// Name of a new account; its password is read from standard input, or chosen by its owner
        #[arg(long, env = "COLLECTIEF_NAME")]
        name: Option<String>,
        /// Read no password: mail the owner of a new account a link to choose one. A running server delivers it
        #[arg(long)]
        invite: bool,
    },
    /// Take the second step of an account away, for an owner who lost the app, the passkeys and the recovery codes
    ResetSecondFactor {
        /// E-mail address
        #[arg(long, env = "COLLECTIEF_EMAIL")]
        email: String,
    },
    /// Ask a second step of everybody with a role on the contracts of an employer, or no longer
    RequireSecondFactor {
        /// The number of any contract of the employer
        #[arg(long, env = "COLLECTIEF_CONTRACT")]
        contract: String,
        /// Ask it no longer
        #[arg(long)]
        no_longer: bool,
    },
    /// List all accounts
    List,
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::code).join(", ");
    Role::from_code(text.trim()).ok_or_else(|| format!("not a role; there are {}", known()))
}

fn staff_role(text: &str) -> Result<StaffRole, String> {
    let known = || StaffRole::ALL.map(StaffRole::code).join(", ");
    StaffRole::from_code(text.trim()).ok_or_else(|| format!("not a role of staff; there are {}", known()))
}

/// Adds, invites, unblocks, names, makes staff of or lists accounts.
pub(super) async fn account(settings: &Settings, what: Account) -> Result<ExitCode, CommandError> {
    match what {
        Account::Add { email, name, contract, all_contracts, role, invite } => {
            let password = if invite { None } else { Some(read_password()?) };
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            let contracts = if all_contracts { Contracts::All } else { Contracts::Numbers(contract) };
            let roles = role.into_iter().collect::<Roles>();
            let new = NewAccount { email: email.clone(), name, contracts, roles, password };
            match account::add(&portal, new).await {
                Ok(_) if invite => tell(&format!("Added {email}; a link to choose a password is mailed")),
                Ok(_) => tell(&format!("Added {email}")),
                Err(ServiceError::Invalid(errors)) => {
                    let lines: Vec<String> = errors.0.iter().map(in_words).collect();
                    return Err(CommandError::new(lines.join("\n")));
                }
                Err(other) => return Err(CommandError::refused(other)),
            }
        }
        Account::Invite { email } => {
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            match account::invite(&portal, &email).await {
                Ok(true) => tell(&format!("A new link is mailed to {email}")),
                Ok(false) => {
                    let text = format!("{email} has a password already; its owner can ask for another at the portal");
                    return Err(CommandError::new(text));
                }
                Err(ServiceError::NotFound) => return Err(CommandError::new(format!("no account has {email}"))),
                Err(other) => return Err(CommandError::refused(other)),
            }
        }
        Account::Unblock { email } => {
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            match account::unblock(&portal, &email).await {
                Ok(()) => tell(&format!("{email} can sign in again")),
                Err(ServiceError::NotFound) => return Err(CommandError::new(format!("no account has {email}"))),
                Err(other) => return Err(CommandError::refused(other)),
            }
        }
        Account::Main { email, contract } => {
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            match account_management::name_main(&portal, &email, &contract).await {
                Ok(()) => tell(&format!("{email} is the main account of the employer of contract {contract}")),
                Err(ServiceError::NotFound) => return Err(CommandError::new(format!("no account has {email}"))),
                Err(ServiceError::Invalid(errors)) => {
                    let lines: Vec<String> = errors.0.iter().map(in_words).collect();
                    return Err(CommandError::new(lines.join("\n")));
                }
                Err(other) => return Err(CommandError::refused(other)),
            }
        }
        Account::Staff { email, role, name, invite } => {
            let password = if name.is_some() && !invite { Some(read_password()?) } else { None };
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            let roles: StaffRoles = role.iter().copied().collect();
            let codes: Vec<&str> = StaffRole::ALL.into_iter().filter(|r| roles.has(*r)).map(StaffRole::code).collect();
            match office::set_staff(&portal, NewStaff { email: email.clone(), name, roles, password }).await {
                Ok(_) if codes.is_empty() => tell(&format!("{email} has no roles in the back office any more")),
                Ok(_) => tell(&format!("{email} has these roles in the back office: {}", codes.join(", "))),
                Err(ServiceError::NotFound) => {
                    return Err(CommandError::new(format!("no account has {email}; name a new one with --name")));
                }
                Err(other) => return Err(CommandError::refused(other)),
            }
        }
        Account::ResetSecondFactor { email } => {
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            let request = Request::internal("account reset-second-factor");
            match second_factor::reset(&portal, &request, None, &email).await {
                Ok(true) => tell(&format!("{email} has no second step any more; its owner is told by mail")),
                Ok(false) => tell(&format!("{email} had no second step")),
                Err(ServiceError::NotFound) => return Err(CommandError::new(format!("no account has {email}"))),
                Err(other) => return Err(CommandError::refused(other)),
            }
        }
        Account::RequireSecondFactor { contract, no_longer } => {
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            match second_factor::require_of_contract(&portal, &contract, !no_longer).await {
                Ok(()) => {
                    let asks = if no_longer { "no longer asks" } else { "asks" };
                    tell(&format!("The employer of contract {contract} {asks} a second step"));
                }
                Err(ServiceError::Invalid(errors)) => {
                    let lines: Vec<String> = errors.0.iter().map(in_words).collect();
                    return Err(CommandError::new(lines.join("\n")));
                }
                Err(other) => return Err(CommandError::refused(other)),
            }
        }
        Account::List => {
            let portal = open(settings, Schema::UpdateIfOwn).await?;
            for row in account::list(&portal).await.map_err(CommandError::refused)? {
                let blocked = row.blocked_at.map(|at| format!(", blocked since {}", day_of(at))).unwrap_or_default();
                let staff = if row.staff.is_empty() { "" } else { ", staff" };
                tell(&format!("{} ({}): {} contracts{staff}{blocked}", row.email, row.name, row.contracts));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The first line of standard input.
fn read_password() -> Result<SecretString, CommandError> {
    let input = io::stdin();
    if input.is_terminal() {
        // Nothing can be asked when the terminal is gone; the answer is then missing.
        let _ = write!(io::stderr(), "Password (at least {MIN_ALONE} characters; it is shown): ");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn in_words(error: &FieldError) -> String {
    let option = match error.field.as_ref() {
        "email" => "--email",
        "naam" => "--name",
        "contract" => "--contract",
        "rol" => "--role",
        _ => "the password",
    };
    match (option, error.code) {
        ("--email", FieldCode::UnknownChoice) => "--email: there is an account with this address".to_owned(),
        (_, FieldCode::Required) => format!("{option}: is missing"),
        (_, FieldCode::TooShort { min }) => format!("{option}: has fewer than {min} characters"),
        (_, FieldCode::TooLong { max }) => format!("{option}: is longer than {max}"),
        (_, FieldCode::NotAnEmail) => format!("{option}: is not an e-mail address"),
        (_, FieldCode::UnknownContract) => format!("{option}: there is no such contract"),
        (_, FieldCode::ForbiddenCharacter) => format!("{option}: holds a control character"),
        (_, FieldCode::Guessable) => {
            format!("{option}: is easily guessed; take words that have nothing to do with each other")
        }
        (_, FieldCode::OwnWords) => {
            format!("{option}: is made of words that others know, such as the name or the employer")
        }
        _ => format!("{option}: cannot be used"),
    }
}
