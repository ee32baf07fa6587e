//! `collectief product set` and `collectief product list`.

use std::process::ExitCode;

use clap::Subcommand;
use collectief_domain::{
    date::{Date, format_iso, parse_typed_date},
    product::{Product, ProductKind, check_code},
};
use collectief_service::product;

use super::{CommandError, tell};
use crate::{
    settings::Settings,
    start::{Schema, open},
};

#[derive(Debug, Subcommand)]
pub(super) enum Products {
    /// Offer an insurance, or change what is known of it
    Set {
        /// What it is known by: small letters, digits and hyphens
        #[arg(long, value_parser = code)]
        code: String,
        /// Its name, as people know it
        #[arg(long)]
        name: String,
        /// basic, supplementary or dental
        #[arg(long, value_parser = kind)]
        kind: ProductKind,
        /// First day on which it can start
        #[arg(long, value_parser = day, value_name = "DATE")]
        from: Date,
        /// Last day on which it can start [default: no end]
        #[arg(long, value_parser = day, value_name = "DATE")]
        until: Option<Date>,
    },
    /// List the insurances
    List,
}

fn code(text: &str) -> Result<String, String> {
    check_code(text).map_err(|_| "not a code; it has 1 to 30 small letters, digits and hyphens".to_owned())
}

fn kind(text: &str) -> Result<ProductKind, String> {
    let known = || ProductKind::ALL.map(ProductKind::code).join(", ");
    ProductKind::from_code(text.trim()).ok_or_else(|| format!("not a kind; there are {}", known()))
}

fn day(text: &str) -> Result<Date, String> {
    parse_typed_date(text).map_err(|_| "not a date; write it as 2026-01-31".to_owned())
}

/// Keeps insurances.
pub(super) async fn products(settings: &Settings, what: Products) -> Result<ExitCode, CommandError> {
    let portal = open(settings, Schema::UpdateIfOwn).await?;
    match what {
        Products::Set { code, name, kind, from, until } => {
            if until.is_some_and(|until| until < from) {
                return Err(CommandError::new("the last day lies before the first"));
            }
            let kept = Product { code, name: name.trim().to_owned(), kind, first_day: from, last_day: until };
            product::keep(&portal, &kept).await.map_err(CommandError::refused)?;
            tell(&format!("{} is offered as {}", kept.code, kept.name));
        }
        Products::List => {
            for product in product::list(&portal).await.map_err(CommandError::refused)? {
                let until = product.last_day.map_or_else(String::new, |last| format!(" until {}", format_iso(last)));
                tell(&format!(
                    "{}\t{}\t{}\tfrom {}{until}",
                    product.code,
                    product.kind.code(),
                    product.name,
                    format_iso(product.first_day)
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
