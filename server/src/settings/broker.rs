//! The settings of the broker of eHerkenning, which belong together.

use collectief_domain::assurance::{Demand, LevelNames};
use secrecy::{ExposeSecret, SecretString};

use super::{Given, SettingsError};
use crate::broker::BrokerSettings;

/// What goes with a broker, and makes no sense alone.
const REST: [&str; 7] = [
    "broker_client_id",
    "broker_client_secret_file",
    "broker_scopes",
    "broker_subject_claim",
    "broker_kvk_claim",
    "broker_levels",
    "broker_minimum_level",
];

/// The claim with the KvK number, as the Afsprakenstelsel Elektronische Toegangsdiensten names it.
const KVK_CLAIM: &str = "urn:etoegang:1.9:EntityConcernedID:KvKnr";

impl Given {
    /// The broker, if one was named.
    pub(super) fn broker(&self, secret: Option<SecretString>) -> Result<Option<BrokerSettings>, SettingsError> {
        let missing = |name: &'static str, wanted| {
            let place = format!("the setting {name}");
            SettingsError::Value { place, text: String::new(), wanted }
        };
        let issuer =
            self.parsed("broker_issuer", "an address that begins with https://, or is on this machine", |text| {
                BrokerSettings::is_issuer(text).then(|| text.to_owned())
            })?;
        let name = |text: &str| {
            let fits = (1..=255).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
            fits.then(|| text.to_owned())
        };
        const NAME: &str = "a name of 1 to 255 characters without spaces";
        let client_id = self.parsed("broker_client_id", NAME, name)?;
        let file = self.parsed("broker_client_secret_file", "a file that can be read", |file| {
            std::fs::read_to_string(file).ok().map(|text| SecretString::from(text.trim_end_matches(['\r', '\n'])))
        })?;
        let scopes = self.parsed("broker_scopes", "names separated by commas", |text| {
            text.split(',').map(|scope| name(scope.trim())).collect::<Option<Vec<String>>>()
        })?;
        let subject_claim = self.parsed("broker_subject_claim", NAME, name)?;
        let kvk_claim = self.parsed("broker_kvk_claim", NAME, name)?;
        let levels = self.parsed(
            "broker_levels",
            "a list as loa2plus=…,loa3=…,loa4=…, with another name for each level and one from loa2plus on",
            LevelNames::parse,
        )?;
        let demand = self.parsed("broker_minimum_level", "loa2plus, loa3 or loa4", Demand::from_code)?;
        let Some(issuer) = issuer else {
            return match REST.iter().find(|name| self.text(name).is_some()) {
                Some(_) => Err(missing("broker_issuer", "the broker that the other broker settings are for")),
                None => Ok(None),
            };
        };
        // Without it the broker could not send anybody back.
        if self.text("origin").is_none() && !matches!(self.text("demo"), Some("true" | "1" | "yes")) {
            return Err(missing("origin", "the address of the portal, to which the broker sends people back"));
        }
        let client_secret = file.or(secret).filter(|secret| !secret.expose_secret().is_empty());
        Ok(Some(BrokerSettings {
            issuer,
            client_id: client_id.ok_or_else(|| missing("broker_client_id", "what the broker knows this portal by"))?,
            client_secret: client_secret.ok_or_else(|| {
                let wanted = "the secret that the broker gave this portal, or COLLECTIEF_BROKER_CLIENT_SECRET";
                missing("broker_client_secret_file", wanted)
            })?,
            scopes: scopes.unwrap_or_default(),
            subject_claim: subject_claim.unwrap_or_else(|| "sub".to_owned()),
            kvk_claim: kvk_claim.unwrap_or_else(|| KVK_CLAIM.to_owned()),
            levels: levels.unwrap_or_default(),
            demand: demand.unwrap_or_default(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use collectief_domain::assurance::{AssuranceLevel, Demand};

    use crate::settings::tests::read;

    const SECRET: (&str, &str) = ("COLLECTIEF_BROKER_CLIENT_SECRET", "zeer geheim");

    #[test]
    fn a_broker_is_whole_or_is_refused() {
        let whole = "broker_issuer = \"https://broker.example\"\nbroker_client_id = \"portaal\"\n\
                     origin = \"https://portaal.example\"";
        let broker = read(None, &[SECRET], whole).unwrap().broker.unwrap();
        assert_eq!((broker.subject_claim.as_str(), broker.demand), ("sub", Demand::Loa2Plus));
        assert_eq!(broker.kvk_claim, "urn:etoegang:1.9:EntityConcernedID:KvKnr");
        let more = format!(
            "{whole}\nbroker_minimum_level = \"loa3\"\nbroker_levels = [\"loa3=hoog\", \"loa4=hoger\"]\n\
             broker_scopes = [\"kvk\", \"naam\"]"
        );
        let broker = read(None, &[SECRET], &more).unwrap().broker.unwrap();
        assert_eq!(broker.demand, Demand::Loa3);
        assert_eq!(broker.levels.level_of("hoger"), Some(AssuranceLevel::Loa4));
        assert_eq!(broker.scopes, ["kvk", "naam"]);
        assert!(read(None, &[], "").unwrap().broker.is_none());
        for (lines, environment, told) in [
            (whole.to_owned(), &[][..], "broker_client_secret_file"),
            (whole.replace("https://broker", "http://broker"), &[SECRET], "broker_issuer"),
            (whole.replace("broker_client_id", "brand"), &[SECRET], "broker_client_id"),
            (whole.replace("origin", "brand"), &[SECRET], "origin"),
            (whole.replace("broker_issuer", "brand"), &[SECRET], "broker_issuer"),
            (format!("{whole}\nbroker_minimum_level = \"loa2\""), &[SECRET], "broker_minimum_level"),
            (format!("{whole}\nbroker_levels = \"loa2=laag\""), &[SECRET], "broker_levels"),
            (format!("{whole}\nbroker_client_secret_file = \"/nergens\""), &[SECRET], "broker_client_secret_file"),
        ] {
            let error = read(None, environment, &lines).map(|_| ()).unwrap_err();
            assert!(error.contains(told) && !error.contains("geheim"), "{told}: {error}");
        }
    }
}
