//! The words of mail about a request to be enrolled. Of whom and what it is about they say no more than is needed to
//! recognise it.

use collectief_domain::{actor::Language, case::CaseKind, change::CHANGE_LINK_HOURS, date::format_dutch};

use super::{
    account::{closing, greeting},
    words::Words,
};
use crate::{
    change::ChangeLetter,
    enrol::mail::{CaseLetter, CaseMail},
    portal::Reach,
    remind::{About, Reminder},
};

/// A mail about a request, with its link.
pub(super) fn case_words(letter: &CaseLetter, language: Language, brand: &str) -> Words {
    let (subject, mut paragraphs) = match (language, letter.kind) {
        (Language::Nl, CaseKind::Enrolment) => in_dutch(letter),
        (Language::En, CaseKind::Enrolment) => in_english(letter),
        (Language::Nl, kind) => change_in_dutch(letter, kind),
        (Language::En, kind) => change_in_english(letter, kind),
    };
    paragraphs.insert(0, greeting(language, Some(&letter.name)));
    paragraphs.push(match language {
        Language::Nl => format!("Kenmerk: {}", letter.reference),
        Language::En => format!("Reference: {}", letter.reference),
    });
    paragraphs.push(closing(language, brand));
    Words { subject: subject.to_owned(), paragraphs, link: Some(letter.url.clone()) }
}

fn in_dutch(letter: &CaseLetter) -> (&'static str, Vec<String>) {
    let CaseLetter { employer, text, url, .. } = letter;
    let day = format_dutch(letter.effective);
    let whose =
        letter.about.as_ref().map_or_else(|| "uw aanmelding".to_owned(), |name| format!("de aanmelding van {name}"));
    let follow = "Hoe ver de aanmelding is, ziet u op deze pagina:".to_owned();
    match letter.mail {
        CaseMail::Confirm => (
            "Bevestig de aanmelding voor de collectieve zorgverzekering",
            vec![
                format!(
                    "Wij hebben {whose} ontvangen voor de collectieve zorgverzekering van {employer}, vanaf {day}."
                ),
                "Bevestig op deze pagina dat dit uw e-mailadres is. Pas daarna gaat de aanmelding verder:".to_owned(),
                url.clone(),
                if letter.needs_validation {
                    format!("Daarna beoordeelt {employer} de aanmelding. U krijgt bericht zodra dat gebeurd is.")
                } else {
                    "Daarna verwerken wij de aanmelding direct.".to_owned()
                },
                "De link werkt zeven dagen. Hebt u niets aangevraagd? Dan hoeft u niets te doen.".to_owned(),
            ],
        ),
        CaseMail::Begun => (
            "U bent aangemeld voor de collectieve zorgverzekering",
            vec![
                format!("{employer} heeft u aangemeld voor de collectieve zorgverzekering, vanaf {day}."),
                follow,
                url.clone(),
                if letter.needs_validation {
                    "Klopt het niet? Dan kunt u de aanmelding daar intrekken.".to_owned()
                } else {
                    "Klopt het niet? Neem dan contact op met uw werkgever.".to_owned()
                },
            ],
        ),
        CaseMail::Processed => (
            "De aanmelding is verwerkt",
            vec![
                format!("De aanmelding bij {employer} is verwerkt: de collectieve zorgverzekering gaat in op {day}."),
                "Alles staat bij elkaar op deze pagina:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Removed => (
            "De aanmelding is verwijderd",
            vec![
                if letter.by_insurer {
                    format!("Wij konden {whose} bij {employer} niet verwerken. De reden:")
                } else {
                    format!("{employer} heeft {whose} verwijderd. De reden:")
                },
                text.clone(),
                follow,
                url.clone(),
                not_right_in_dutch(letter),
            ],
        ),
        CaseMail::Question => (
            "Een vraag over uw aanmelding",
            vec![
                format!("{employer} wil eerst iets weten over {whose}:"),
                text.clone(),
                "Beantwoord de vraag op deze pagina. Daarna gaat de aanmelding verder:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Stuck => (
            "Wij bekijken uw aanmelding",
            vec![
                format!("Wij konden {whose} bij {employer} niet direct verwerken. Een medewerker bekijkt dat nu."),
                follow,
                url.clone(),
            ],
        ),
    }
}

/// Whom to turn to about a removal: whoever removed it.
fn not_right_in_dutch(letter: &CaseLetter) -> String {
    let whom = if letter.by_insurer { "onze helpdesk" } else { "uw werkgever" };
    format!("Klopt dit volgens u niet? Neem dan contact op met {whom}.")
}

fn not_right_in_english(letter: &CaseLetter) -> String {
    let whom = if letter.by_insurer { "our helpdesk" } else { "your employer" };
    format!("Do you think that this is not right? Then contact {whom}.")
}

fn in_english(letter: &CaseLetter) -> (&'static str, Vec<String>) {
    let CaseLetter { employer, text, url, .. } = letter;
    let day = format_dutch(letter.effective);
    let whose =
        letter.about.as_ref().map_or_else(|| "your enrolment".to_owned(), |name| format!("the enrolment of {name}"));
    let follow = "On this page you can see how far the enrolment is:".to_owned();
    match letter.mail {
        CaseMail::Confirm => (
            "Confirm the enrolment in the collective health insurance",
            vec![
                format!("We received {whose} in the collective health insurance of {employer}, from {day}."),
                "Confirm on this page that this is your e-mail address. Only then does the enrolment go on:".to_owned(),
                url.clone(),
                if letter.needs_validation {
                    format!(
                        "After that {employer} looks at the enrolment. You will hear from us as soon as that is done."
                    )
                } else {
                    "After that we process the enrolment at once.".to_owned()
                },
                "The link works for seven days. Did you not ask for anything? Then you need not do anything."
                    .to_owned(),
            ],
        ),
        CaseMail::Begun => (
            "You were enrolled in the collective health insurance",
            vec![
                format!("{employer} enrolled you in the collective health insurance, from {day}."),
                follow,
                url.clone(),
                if letter.needs_validation {
                    "Is this not right? Then you can withdraw the enrolment there.".to_owned()
                } else {
                    "Is this not right? Then contact your employer.".to_owned()
                },
            ],
        ),
        CaseMail::Processed => (
            "The enrolment was processed",
            vec![
                format!(
                    "The enrolment with {employer} was processed: the collective health insurance begins on {day}."
                ),
                "All of it stands together on this page:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Removed => (
            "The enrolment was removed",
            vec![
                if letter.by_insurer {
                    format!("We could not process {whose} with {employer}. The reason:")
                } else {
                    format!("{employer} removed {whose}. The reason:")
                },
                text.clone(),
                follow,
                url.clone(),
                not_right_in_english(letter),
            ],
        ),
        CaseMail::Question => (
            "A question about your enrolment",
            vec![
                format!("{employer} wants to know something about {whose} first:"),
                text.clone(),
                "Answer the question on this page. After that the enrolment goes on:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Stuck => (
            "We are looking at your enrolment",
            vec![
                format!("We could not process {whose} with {employer} at once. Somebody is looking at it now."),
                follow,
                url.clone(),
            ],
        ),
    }
}

/// What a change is called, in the middle of a sentence.
const fn called_in_dutch(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Enrolment => "aanmelding",
        CaseKind::Details => "wijziging van adres en bereikbaarheid",
        CaseKind::PersonnelNumber => "wijziging van personeelsnummer",
        CaseKind::Products => "wijziging van verzekering",
        CaseKind::DependantIn => "aanmelding van een gezinslid",
        CaseKind::DependantOut => "afmelding van een gezinslid",
        CaseKind::Move => "overgang naar een andere werkgever",
        CaseKind::Deregistration => "afmelding",
    }
}

const fn called_in_english(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Enrolment => "enrolment",
        CaseKind::Details => "change of address and contact details",
        CaseKind::PersonnelNumber => "change of personnel number",
        CaseKind::Products => "change of insurance",
        CaseKind::DependantIn => "enrolment of a dependant",
        CaseKind::DependantOut => "deregistration of a dependant",
        CaseKind::Move => "move to another employer",
        CaseKind::Deregistration => "deregistration",
    }
}

fn change_in_dutch(letter: &CaseLetter, kind: CaseKind) -> (&'static str, Vec<String>) {
    let CaseLetter { employer, text, url, .. } = letter;
    let (what, day) = (called_in_dutch(kind), format_dutch(letter.effective));
    let follow = "Hoe ver het verzoek is, ziet u op deze pagina:".to_owned();
    match letter.mail {
        CaseMail::Confirm | CaseMail::Begun => (
            "Wij hebben uw verzoek ontvangen",
            vec![
                format!("Wij hebben uw verzoek ontvangen: {what}, per {day}."),
                if letter.needs_validation {
                    format!("{employer} beoordeelt het. U krijgt bericht zodra dat gebeurd is.")
                } else {
                    "Wij verwerken het direct.".to_owned()
                },
                follow,
                url.clone(),
                if letter.needs_validation {
                    "Hebt u dit niet gevraagd? Trek het verzoek daar dan in.".to_owned()
                } else {
                    "Hebt u dit niet gevraagd? Neem dan meteen contact op met onze helpdesk.".to_owned()
                },
            ],
        ),
        CaseMail::Processed => (
            "Uw verzoek is verwerkt",
            vec![
                format!("Uw verzoek is verwerkt: {what}, per {day}."),
                "Alles staat bij elkaar op deze pagina:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Removed => (
            "Uw verzoek is verwijderd",
            vec![
                if letter.by_insurer {
                    format!("Wij konden uw verzoek niet verwerken: {what}. De reden:")
                } else {
                    format!("{employer} heeft uw verzoek verwijderd: {what}. De reden:")
                },
                text.clone(),
                follow,
                url.clone(),
                not_right_in_dutch(letter),
            ],
        ),
        CaseMail::Question => (
            "Een vraag over uw verzoek",
            vec![
                format!("{employer} wil eerst iets weten over uw verzoek ({what}):"),
                text.clone(),
                "Beantwoord de vraag op deze pagina. Daarna gaat het verzoek verder:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Stuck => (
            "Wij bekijken uw verzoek",
            vec![
                format!("Wij konden uw verzoek ({what}) niet direct verwerken. Een medewerker bekijkt dat nu."),
                follow,
                url.clone(),
            ],
        ),
    }
}

fn change_in_english(letter: &CaseLetter, kind: CaseKind) -> (&'static str, Vec<String>) {
    let CaseLetter { employer, text, url, .. } = letter;
    let (what, day) = (called_in_english(kind), format_dutch(letter.effective));
    let follow = "On this page you can see how far the request is:".to_owned();
    match letter.mail {
        CaseMail::Confirm | CaseMail::Begun => (
            "We received your request",
            vec![
                format!("We received your request: {what}, as of {day}."),
                if letter.needs_validation {
                    format!("{employer} looks at it. You will hear from us as soon as that is done.")
                } else {
                    "We process it at once.".to_owned()
                },
                follow,
                url.clone(),
                if letter.needs_validation {
                    "Did you not ask for this? Then withdraw the request there.".to_owned()
                } else {
                    "Did you not ask for this? Then contact our helpdesk at once.".to_owned()
                },
            ],
        ),
        CaseMail::Processed => (
            "Your request was processed",
            vec![
                format!("Your request was processed: {what}, as of {day}."),
                "All of it stands together on this page:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Removed => (
            "Your request was removed",
            vec![
                if letter.by_insurer {
                    format!("We could not process your request: {what}. The reason:")
                } else {
                    format!("{employer} removed your request: {what}. The reason:")
                },
                text.clone(),
                follow,
                url.clone(),
                not_right_in_english(letter),
            ],
        ),
        CaseMail::Question => (
            "A question about your request",
            vec![
                format!("{employer} wants to know something about your request ({what}) first:"),
                text.clone(),
                "Answer the question on this page. After that the request goes on:".to_owned(),
                url.clone(),
            ],
        ),
        CaseMail::Stuck => (
            "We are looking at your request",
            vec![
                format!("We could not process your request ({what}) at once. Somebody is looking at it now."),
                follow,
                url.clone(),
            ],
        ),
    }
}

/// The mail with a link by which somebody changes something.
pub(super) fn change_link_words(letter: &ChangeLetter, language: Language, brand: &str) -> Words {
    let ChangeLetter { url, name, employer } = letter;
    let (subject, about, until, otherwise) = match language {
        Language::Nl => (
            "Uw link om iets te wijzigen",
            format!("Met deze link wijzigt u iets aan uw collectieve zorgverzekering bij {employer}:"),
            format!("De link werkt {CHANGE_LINK_HOURS} uur. Geef hem aan niemand anders."),
            "Hebt u deze link niet gevraagd? Dan hoeft u niets te doen.",
        ),
        Language::En => (
            "Your link to change something",
            format!("With this link you change something in your collective health insurance with {employer}:"),
            format!("The link works for {CHANGE_LINK_HOURS} hours. Give it to nobody else."),
            "Did you not ask for this link? Then you need not do anything.",
        ),
    };
    let paragraphs =
        vec![greeting(language, Some(name)), about, url.clone(), until, otherwise.to_owned(), closing(language, brand)];
    Words { subject: subject.to_owned(), paragraphs, link: Some(url.clone()) }
}

fn since_in_dutch(days: u32) -> String {
    match days {
        0 => "sinds vandaag".to_owned(),
        1 => "sinds gisteren".to_owned(),
        days => format!("al {days} dagen"),
    }
}

fn since_in_english(days: u32) -> String {
    match days {
        0 => "since today".to_owned(),
        1 => "since yesterday".to_owned(),
        days => format!("for {days} days"),
    }
}

/// The mail that reminds somebody of what waits. It names nobody: the reference and the contract are enough to find it.
pub(super) fn reminder_words(reminder: &Reminder, brand: &str) -> Words {
    let language = reminder.language;
    let (subject, mut paragraphs) = match (&reminder.about, language) {
        (About::One { contract, reference, days: 0 }, Language::Nl) => (
            "Er wacht een mutatie op u",
            vec![format!(
                "Er is een mutatie binnengekomen op contract {contract}, met kenmerk {reference}. Zij wacht op u."
            )],
        ),
        (About::One { contract, reference, days: 0 }, Language::En) => (
            "A mutation waits for you",
            vec![format!("A mutation came in on contract {contract}, with reference {reference}. It waits for you.")],
        ),
        (About::One { contract, reference, days: 1 }, Language::Nl) => (
            "Er wacht nog een mutatie op u",
            vec![format!(
                "Op contract {contract} wacht een mutatie sinds gisteren op een besluit. Het kenmerk is {reference}."
            )],
        ),
        (About::One { contract, reference, days: 1 }, Language::En) => (
            "A mutation still waits for you",
            vec![format!(
                "On contract {contract} a mutation has waited since yesterday for a decision. The reference is {reference}."
            )],
        ),
        (About::One { contract, reference, days }, Language::Nl) => (
            "Er wacht nog een mutatie op u",
            vec![format!(
                "Op contract {contract} wacht een mutatie al {days} dagen op een besluit. Het kenmerk is {reference}."
            )],
        ),
        (About::One { contract, reference, days }, Language::En) => (
            "A mutation still waits for you",
            vec![format!(
                "On contract {contract} a mutation has waited {days} days for a decision. The reference is {reference}."
            )],
        ),
        (About::All { count, oldest_days }, Language::Nl) => (
            "Wat er op u wacht",
            vec![if *count == 1 {
                format!("Er wacht 1 mutatie op u, {}.", since_in_dutch(*oldest_days))
            } else {
                format!("Er wachten {count} mutaties op u, de oudste {}.", since_in_dutch(*oldest_days))
            }],
        ),
        (About::All { count, oldest_days }, Language::En) => (
            "What waits for you",
            vec![if *count == 1 {
                format!("1 mutation has waited for you {}.", since_in_english(*oldest_days))
            } else {
                format!("{count} mutations wait for you, the oldest {}.", since_in_english(*oldest_days))
            }],
        ),
    };
    paragraphs.insert(0, greeting(language, None));
    paragraphs.push(reminder.url.clone());
    paragraphs.push(
        match language {
            Language::Nl => "Hoe vaak u een herinnering krijgt, kiest u bij \"Mijn gegevens\".",
            Language::En => "How often you are reminded, you choose under \"My details\".",
        }
        .to_owned(),
    );
    paragraphs.push(closing(language, brand));
    Words { subject: subject.to_owned(), paragraphs, link: Some(reminder.url.clone()) }
}

/// The mail to somebody whose details were used to enrol, though that person participates already.
pub(super) fn already_words(
    name: &str,
    contract_name: &str,
    contract_number: &str,
    language: Language,
    brand: &str,
    reach: &Reach,
) -> Words {
    let desk = reach.help_desk.as_ref().map(|desk| format!(": {desk}")).unwrap_or_default();
    let (subject, told, otherwise) = match language {
        Language::Nl => (
            "Er is een aanmelding gedaan met uw gegevens",
            format!(
                "Er is een aanmelding gedaan met uw gegevens voor de collectieve zorgverzekering van {contract_name} \
                 (contract {contract_number}). U neemt daaraan al deel: een nieuwe aanmelding is niet nodig."
            ),
            format!("Hebt u dit niet gedaan? Neem dan contact op met onze helpdesk{desk}."),
        ),
        Language::En => (
            "Somebody enrolled with your details",
            format!(
                "Somebody enrolled with your details in the collective health insurance of {contract_name} (contract \
                 {contract_number}). You participate in it already: there is no need to enrol again."
            ),
            format!("Was this not you? Then contact our helpdesk{desk}."),
        ),
    };
    let paragraphs = vec![greeting(language, Some(name)), told, otherwise, closing(language, brand)];
    Words { subject: subject.to_owned(), paragraphs, link: None }
}

#[cfg(test)]
mod tests {
    use collectief_domain::date::Date;

    use super::*;

    #[test]
    fn nobody_is_sent_to_a_button_that_is_not_there_or_to_who_did_not_do_it() {
        let kinds = std::iter::once(CaseKind::Enrolment).chain(CaseKind::BY_LINK);
        for (kind, language) in kinds.flat_map(|kind| [(kind, Language::Nl), (kind, Language::En)]) {
            let said = |mail, needs_validation, by_insurer| {
                let letter = CaseLetter {
                    mail,
                    kind,
                    url: "https://portaal.example/aanvraag/token".to_owned(),
                    name: "E. Zeestra".to_owned(),
                    about: None,
                    employer: "Zorggroep De Linde".to_owned(),
                    reference: "7K3Q-F9MX".to_owned(),
                    effective: Date::from_ymd_opt(2027, 1, 1).unwrap(),
                    text: "Dubbel".to_owned(),
                    needs_validation,
                    by_insurer,
                };
                case_words(&letter, language, "Collectief").paragraphs.join(" ").to_lowercase()
            };
            let withdraws = |text: &str| ["intrekken", "trek het", "withdraw"].iter().any(|word| text.contains(word));
            assert!(withdraws(&said(CaseMail::Begun, true, false)), "{kind:?}");
            assert!(!withdraws(&said(CaseMail::Begun, false, false)), "{kind:?}");
            assert!(!said(CaseMail::Removed, true, false).contains("helpdesk"), "{kind:?}");
            let removed = said(CaseMail::Removed, false, true);
            assert!(
                removed.contains("helpdesk") && !removed.contains("linde heeft") && !removed.contains("linde removed")
            );
        }
    }

    #[test]
    fn every_mail_has_its_link_once_and_nobody_in_its_subject() {
        let all = [
            CaseMail::Confirm,
            CaseMail::Begun,
            CaseMail::Processed,
            CaseMail::Removed,
            CaseMail::Question,
            CaseMail::Stuck,
        ];
        let kinds = std::iter::once(CaseKind::Enrolment).chain(CaseKind::BY_LINK);
        for (mail, kind) in all.into_iter().flat_map(|mail| kinds.clone().map(move |kind| (mail, kind))) {
            for language in [Language::Nl, Language::En] {
                for about in [None, Some("E. Zeestra".to_owned())] {
                    let letter = CaseLetter {
                        mail,
                        kind,
                        url: "https://portaal.example/aanvraag/token".to_owned(),
                        name: "E. Zeestra".to_owned(),
                        about,
                        employer: "Zorggroep De Linde".to_owned(),
                        reference: "7K3Q-F9MX".to_owned(),
                        effective: Date::from_ymd_opt(2027, 1, 1).unwrap(),
                        text: "Wat is uw personeelsnummer?".to_owned(),
                        needs_validation: true,
                        by_insurer: false,
                    };
                    let words = case_words(&letter, language, "Collectief");
                    assert_eq!(words.paragraphs.iter().filter(|text| **text == letter.url).count(), 1, "{mail:?}");
                    assert!(
                        !words.subject.contains("Zeestra") && !words.subject.contains("token"),
                        "{}",
                        words.subject
                    );
                    let asks = matches!(mail, CaseMail::Removed | CaseMail::Question);
                    assert_eq!(words.paragraphs.contains(&letter.text), asks, "{mail:?}");
                }
            }
        }
    }
}
