//! Messages in the words of their reader: those about participants here, those about accounts in `account` and `told`.

use collectief_domain::{actor::Language, date::format_dutch, deregistration::EndReason};

use super::{
    account::{granted_words, refused_words},
    case::already_words,
    content::Content,
    told::{Told, second_factor_words, told_words},
};
use crate::Reach;

/// A message in words: plain paragraphs, from which both the text and the HTML are made.
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) paragraphs: Vec<String>,
    /// The paragraph that is an address, to be clicked in HTML.
    pub(super) link: Option<String>,
}

/// Puts a message into words; `letter` where it goes by post.
pub(super) fn in_words(content: &Content, brand: &str, language: Language, letter: bool, reach: &Reach) -> Words {
    match (content, language) {
        (Content::PasswordChanged { on }, language) => told_words(Told::PasswordChanged, *on, language, brand, reach),
        (Content::EmailChangeAsked { on }, language) => told_words(Told::EmailChangeAsked, *on, language, brand, reach),
        (Content::EmailChanged { on }, language) => told_words(Told::EmailChanged, *on, language, brand, reach),
        (Content::ReminderAddressChanged { on }, language) => {
            told_words(Told::RemindersChanged, *on, language, brand, reach)
        }
        (Content::IdentityChanged { on, is_linked }, language) => {
            let told = if *is_linked { Told::IdentityLinked } else { Told::IdentityUnlinked };
            told_words(told, *on, language, brand, reach)
        }
        (Content::SecondFactorChanged { on, change }, language) => {
            second_factor_words(*on, *change, language, brand, reach)
        }
        (Content::AccessGranted { contracts, by }, language) => {
            granted_words(contracts, by.as_deref(), language, brand, reach)
        }
        (Content::AccountRefused { name, contract_number, reason }, language) => {
            refused_words(name, contract_number, reason, language, brand, reach)
        }
        (Content::ContinuationOffer { names, contract_name, contract_number, last_day }, language) => {
            let household = names.join(", ");
            let first = names.first().map_or("", String::as_str);
            let (last, next) = (format_dutch(*last_day), format_dutch(last_day.succ_opt().unwrap_or(*last_day)));
            match language {
                Language::Nl => Words {
                    subject: "Uw zorgverzekering zelf voortzetten".to_owned(),
                    paragraphs: vec![
                        format!("Beste {first},"),
                        format!(
                            "Uw deelname aan de collectieve zorgverzekering van {contract_name} (contract \
                             {contract_number}) stopt. De laatste dag is {last}."
                        ),
                        format!("Dit geldt voor: {household}."),
                        format!(
                            "U kunt uw zorgverzekering vanaf {next} zelf voortzetten, zonder onderbreking. {} Doet u \
                             niets, dan houdt u uw verzekering zonder de voordelen van het collectief.",
                            if letter {
                                "Neem daarvoor contact met ons op."
                            } else {
                                "Antwoord daarvoor op dit bericht."
                            }
                        ),
                        format!("Met vriendelijke groet,\n{brand}"),
                    ],
                    link: None,
                },
                Language::En => Words {
                    subject: "Continue your health insurance on your own".to_owned(),
                    paragraphs: vec![
                        format!("Dear {first},"),
                        format!(
                            "Your participation in the collective health insurance of {contract_name} (contract \
                             {contract_number}) ends. The last day is {last}."
                        ),
                        format!("This concerns: {household}."),
                        format!(
                            "You can continue your health insurance on your own from {next}, without a gap. {} If you \
                             do nothing, you keep your insurance without the benefits of the collective contract.",
                            if letter {
                                "Please contact us for this."
                            } else {
                                "Please reply to this message for this."
                            }
                        ),
                        format!("Kind regards,\n{brand}"),
                    ],
                    link: None,
                },
            }
        }
        (Content::AlreadyParticipates { name, contract_name, contract_number }, language) => {
            already_words(name, contract_name, contract_number, language, brand, reach)
        }
        (Content::DeregistrationRequest { contract_number, relation_numbers, last_day, reason, asked_by }, _) => {
            Words {
                subject: format!("Verzoek om afmelding met terugwerkende kracht, contract {contract_number}"),
                paragraphs: vec![
                    format!(
                        "{asked_by} vraagt om deelnemers van contract {contract_number} af te melden per {} (reden: {}). \
                     Die datum ligt verder terug dan de werkgever zelf mag afmelden.",
                        format_dutch(*last_day),
                        reason_in_dutch(*reason)
                    ),
                    format!("Relatienummers: {}.", relation_numbers.join(", ")),
                    brand.to_owned(),
                ],
                link: None,
            }
        }
        (Content::ContinuationOfferWithdrawn { names, contract_name, contract_number }, language) => {
            let household = names.join(", ");
            let first = names.first().map_or("", String::as_str);
            match language {
                Language::Nl => Words {
                    subject: "Uw deelname aan de collectieve zorgverzekering loopt door".to_owned(),
                    paragraphs: vec![
                        format!("Beste {first},"),
                        format!(
                            "U kreeg bericht dat uw deelname aan de collectieve zorgverzekering van {contract_name} \
                             (contract {contract_number}) stopt. Dat is teruggedraaid: de deelname loopt door. U hoeft \
                             niets te doen."
                        ),
                        format!("Dit geldt voor: {household}."),
                        format!("Met vriendelijke groet,\n{brand}"),
                    ],
                    link: None,
                },
                Language::En => Words {
                    subject: "Your collective health insurance goes on".to_owned(),
                    paragraphs: vec![
                        format!("Dear {first},"),
                        format!(
                            "We told you that your participation in the collective health insurance of \
                             {contract_name} (contract {contract_number}) would end. That was taken back: it goes on. \
                             You need not do anything."
                        ),
                        format!("This concerns: {household}."),
                        format!("Kind regards,\n{brand}"),
                    ],
                    link: None,
                },
            }
        }
        (Content::DeregistrationRequestWithdrawn { contract_number, relation_numbers, asked_by }, _) => Words {
            subject: format!("Verzoek om afmelding ingetrokken, contract {contract_number}"),
            paragraphs: vec![
                format!("{asked_by} trekt het verzoek in om deelnemers van contract {contract_number} af te melden."),
                format!("Relatienummers: {}.", relation_numbers.join(", ")),
                brand.to_owned(),
            ],
            link: None,
        },
    }
}

/// The reason as the insurer's staff know it.
const fn reason_in_dutch(reason: EndReason) -> &'static str {
    match reason {
        EndReason::EindeCollectiviteit => "Einde collectiviteit",
        EndReason::Overleden => "Overleden",
        EndReason::EindeDienstverband => "Einde dienstverband",
        EndReason::EindeDienstverbandObu => "Einde dienstverband OBU",
        EndReason::EindeDienstverbandWia => "Einde dienstverband WIA",
    }
}
