//! The second step of one's own account (PRODUCT.md A11), and which employers ask one.
//!
//! The forms are posted to their pages, with JavaScript as well: passwords and codes are read by no script.

mod actions;
mod page;
mod passkey;
mod passkeys;
mod policy;
#[cfg(feature = "ssr")]
mod ssr;

pub use page::SecondFactorPage;
pub use passkey::{PasskeyButton, Question};
pub use policy::SecondFactorPolicyPage;
