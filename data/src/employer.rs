//! Employers and their contracts: setting one up.

use collectief_domain::{
    date::{Date, OPEN_END},
    ids::{ContractId, EmployerId},
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    db::Txn,
    entity::{contract, employer},
    error::DataError,
};

/// A contract to set up, and the employer it is with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContract {
    /// Contract number.
    pub number: String,
    /// The employer's name, which is also how the contract is shown.
    pub name: String,
    /// The employer's number at the Chamber of Commerce, where known.
    pub kvk_number: Option<String>,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Whether the employer pays the premium (borderelbetaling), and so needs BSNs.
    pub borderel_payment: bool,
    /// How many days back an employer may end a participation.
    pub retroactive_days: u32,
    /// The day of the next month on which a month closes, 1 to 28.
    pub closing_day: u32,
}

/// Sets up a contract and its employer.
///
/// # Errors
/// [`DataError::Duplicate`] when the contract number or the employer's number is there already.
pub async fn contract_add(txn: &Txn, new: &NewContract, today: Date) -> Result<ContractId, DataError> {
    let employer = employer::ActiveModel {
        kvk_number: Set(new.kvk_number.clone()),
        name: Set(new.name.clone()),
        ..Default::default()
    };
    let employer = EmployerId(employer::Entity::insert(employer).exec(&txn.0).await?.last_insert_id);
    let contract = contract::ActiveModel {
        employer_id: Set(employer.0),
        number: Set(new.number.clone()),
        name: Set(new.name.clone()),
        start_date: Set(new.start_date),
        end_date: Set(new.end_date.unwrap_or(OPEN_END)),
        borderel_payment: Set(new.borderel_payment),
        retroactive_days: Set(i32::try_from(new.retroactive_days).unwrap_or(i32::MAX)),
        closing_day: Set(i32::try_from(new.closing_day).unwrap_or(28)),
        current_count: Set(0),
        current_main_count: Set(0),
        counted_on: Set(today),
        version: Set(0),
        ..Default::default()
    };
    Ok(ContractId(contract::Entity::insert(contract).exec(&txn.0).await?.last_insert_id))
}
