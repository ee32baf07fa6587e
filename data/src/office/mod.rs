//! The insurer's back office: who works there, and what is looked up there across all employers.
//!
//! Every query of the back office takes an [`Office`]. One is only made from the roles of staff that were read from the
//! database, so that a use case without that check does not compile. It shows no participants: those take a
//! [`Scope`](crate::scope::Scope).

use collectief_domain::{
    ids::AccountId,
    staff::{StaffRight, StaffRoles},
};
use sea_orm::prelude::*;

use crate::{
    db::{Db, Txn},
    entity::account,
    error::DataError,
};

pub mod accounts;
pub mod employers;
pub mod log;

/// What an account may do in the back office, as it stands in the database; mostly nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffRights {
    account: AccountId,
    roles: StaffRoles,
}

/// Proof that somebody may do something in the back office. Only this module makes one.
#[derive(Debug, Clone, Copy)]
pub struct Office {
    account: AccountId,
}

impl StaffRights {
    pub(crate) fn stored(account: AccountId, bits: i32) -> Self {
        Self { account, roles: stored_staff(bits) }
    }

    /// No role at all, for an account that may not use those it has.
    pub fn none(account: AccountId) -> Self {
        Self::stored(account, 0)
    }

    /// The roles.
    pub fn roles(self) -> StaffRoles {
        self.roles
    }

    /// The proof that `right` may be used; `None` where it may not.
    pub fn office(self, right: StaffRight) -> Option<Office> {
        self.roles.allow(right).then_some(Office { account: self.account })
    }
}

impl Office {
    /// Who it is.
    pub fn account(self) -> AccountId {
        self.account
    }
}

/// A set of roles, as stored; bits that mean nothing are no role.
pub(crate) fn stored_staff(bits: i32) -> StaffRoles {
    StaffRoles::from_bits(u8::try_from(bits).unwrap_or(0))
}

/// What an account may do in the back office.
///
/// # Errors
/// When the database cannot be read.
pub async fn staff_rights(db: &Db, account: AccountId) -> Result<StaffRights, DataError> {
    let found = account::Entity::find_by_id(account.0).one(db.read()).await?;
    Ok(StaffRights::stored(account, found.map_or(0, |row| row.staff_roles)))
}

/// Gives an account exactly these roles in the back office; it holds from the next request on. Only the operator does.
///
/// # Errors
/// When the database refuses.
pub async fn set_staff(txn: &Txn, account: AccountId, roles: StaffRoles) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::StaffRoles, Expr::value(i32::from(roles.bits())))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}
