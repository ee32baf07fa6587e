//! Every address of the portal, as a constant or a function, so that no page spells one out.
//!
//! A BSN never stands in an address: the functions that write a form into a query leave it out, and what may hold one
//! is posted to the page instead (see [`POSTED_PAGES`]).

use collectief_domain::{
    access_log::LogForm,
    account::LinkPurpose,
    account_management::AccountListForm,
    account_request::{CONFIRM_PATH, RequestListForm},
    assurance::{BrokerRefusal, Demand},
    case::{CaseKind, FOLLOW_PATH, OptionsForm, QueueForm},
    change::CHANGE_PATH,
    contract::ContractNumber,
    enrolment::Question,
    flow::{FlowForm, UsageForm},
    ids::{AccountId, CaseId, EmployerId, ParticipationId, RequestId},
    message::MessageListForm,
    office::OfficeForm,
    own_details::Done,
    participant::{ParticipantListForm, Population},
    search,
};
use leptos_router::params::ParamsMap;
use serde::de::{DeserializeOwned, IntoDeserializer, value::MapDeserializer};

/// The dashboard.
pub const DASHBOARD: &str = "/";
/// Signing in.
pub const SIGN_IN: &str = "/inloggen";
/// Signing in with eHerkenning: posted to, to begin; the page tells why it came to nothing.
pub const BROKER: &str = "/inloggen/eherkenning";
/// Linking eHerkenning to an account: asking for a link to confirm it.
pub const LINK_IDENTITY: &str = "/inloggen/eherkenning/koppelen";
/// Taking eHerkenning off one's account; only posted to.
pub const UNLINK_IDENTITY: &str = "/eherkenning-ontkoppelen";
/// The second step of signing in.
pub const SECOND_STEP: &str = "/inloggen/tweede-stap";
/// The second step of one's own account.
pub const SECOND_FACTOR: &str = "/mijn-gegevens/tweede-stap";
/// The name in the query of [`SECOND_FACTOR`] that tells what it is in the middle of.
pub const STEP: &str = "stap";
/// The [`STEP`] of setting up an app.
pub const APP_STEP: &str = "instellen";
/// The [`STEP`] of adding a passkey.
pub const PASSKEY_STEP: &str = "passkey";
/// The recovery codes that were just made, as a file; only posted to.
pub const RECOVERY_CODES: &str = "/mijn-gegevens/tweede-stap/herstelcodes";
/// Which employers ask a second step.
pub const SECOND_FACTOR_POLICY: &str = "/accountbeheer/tweede-stap";
/// "Wachtwoord vergeten": asking for a link.
pub const FORGOT: &str = "/wachtwoord-vergeten";
/// Signing out; only posted to.
pub const SIGN_OUT: &str = "/uitloggen";
/// Choosing the language; only posted to.
pub const LANGUAGE: &str = "/taal";
/// Choosing light or dark; only posted to.
pub const THEME: &str = "/weergave";
/// Choosing the contract; only posted to.
pub const CONTRACT: &str = "/contractkeuze";
/// What was found with the field in the header; posted to, for it may hold a BSN.
pub const FIND: &str = "/zoeken";
/// "Huidige deelnemers".
pub const CURRENT: &str = "/deelnemers";
/// "Oud-deelnemers".
pub const FORMER: &str = "/oud-deelnemers";
/// Deregistering several participants at once.
pub const DEREGISTER_SELECTED: &str = "/deelnemers/afmelden";
/// Enrolling somebody inside the portal.
pub const ENROL_INSIDE: &str = "/deelnemers/aanmelden";
/// "In- en uitstroomlijsten".
pub const FLOW: &str = "/in-en-uitstroom";
/// "Contractgebruik".
pub const USAGE: &str = "/contractgebruik";
/// "Berichten".
pub const MESSAGES: &str = "/berichten";

/// "Aanmelden": the open pages, on which an employee enrols.
pub const ENROL: &str = "/aanmelden";
/// How far one is with the open pages.
pub const ENROL_STEPS: &str = "/aanmelden/stappen";
/// All answers, to be checked and sent.
pub const ENROL_CHECK: &str = "/aanmelden/controleren";
/// What was sent.
pub const ENROL_SENT: &str = "/aanmelden/verzonden";
/// The name in the query of the question about the family that tells of whom.
pub const DEPENDANT: &str = "gezinslid";
/// The [`DEPENDANT`] who is to be added.
pub const NEW_DEPENDANT: &str = "nieuw";
/// The name in the query of a question that tells that one goes back to [`ENROL_CHECK`].
pub const BACK: &str = "terug";
/// The name in the query of the page behind an employee's link that asks whether the request is to be withdrawn.
pub const WITHDRAW: &str = "intrekken";
/// "Wijzigingen doorgeven": the open page on which a link is asked for; what is behind the link is below it.
pub const CHANGE: &str = "/wijzigen";
/// "Valideren": what waits for the employer.
pub const VALIDATION: &str = "/valideren";
/// "Validatie-overzicht": whether what comes in waits at all.
pub const VALIDATION_OPTIONS: &str = "/validatie-overzicht";
/// The requests that could not be done, for the helpdesk.
pub const OFFICE_STUCK: &str = "/beheer/vastgelopen";

/// "Accountbeheer": the users.
pub const ACCOUNTS: &str = "/accountbeheer";
/// Adding a user.
pub const NEW_ACCOUNT: &str = "/accountbeheer/nieuw";

/// "Account aanvragen": asking for an account.
pub const REQUEST_ACCOUNT: &str = "/account-aanvragen";
/// The back office: finding accounts and employers.
pub const OFFICE: &str = "/beheer";
/// The requests for accounts.
pub const OFFICE_REQUESTS: &str = "/beheer/aanvragen";
/// The employers of the back office; each has its page below it.
pub const OFFICE_EMPLOYERS: &str = "/beheer/werkgevers";
/// Making an employer.
pub const NEW_EMPLOYER: &str = "/beheer/werkgevers/nieuw";
/// The access log.
pub const OFFICE_LOG: &str = "/beheer/toegangslog";
/// Ending that one sees what an employer sees; only posted to.
pub const STOP_VIEWING: &str = "/meekijken-stoppen";
/// "Mijn gegevens".
pub const OWN_DETAILS: &str = "/mijn-gegevens";

/// The name in the query of the pages of "Accountbeheer" and of "Mijn gegevens" that tells what was done.
pub const DONE: &str = "gedaan";
/// The name in the query of [`FORGOT`] that tells that a link was asked for.
pub const ASKED: &str = "verstuurd";
/// The name in the query of [`SIGN_IN`] that tells what happened before.
pub const NOTICE: &str = "melding";
/// The name in the query of [`BROKER`] that tells why nobody was let in.
pub const REASON: &str = "reden";
/// The name in the query of [`BROKER`] with the level that was asked for.
pub const LEVEL: &str = "niveau";
/// The [`NOTICE`] that the second step came too late.
pub const TOO_LATE: &str = "verlopen";
/// The [`NOTICE`] that a block was ended.
pub const UNBLOCKED: &str = "gedeblokkeerd";

/// The [`NOTICE`] that an account was blocked by wrong passwords while somebody was signed in.
pub const BLOCKED: &str = "geblokkeerd";

/// The pages that can also be posted to, as axum writes paths: without JavaScript a form posts to the page it stands
/// on, which does what was asked and either sends the browser on or shows itself again with what is wrong.
pub const POSTED_PAGES: [&str; 44] = [
    SIGN_IN,
    LINK_IDENTITY,
    SECOND_STEP,
    SECOND_FACTOR,
    SECOND_FACTOR_POLICY,
    FORGOT,
    "/activeren/{token}",
    "/wachtwoord-herstellen/{token}",
    "/deblokkeren/{token}",
    "/eherkenning-koppelen/{token}",
    "/e-mailadres-bevestigen/{token}",
    "/herinneringsadres-bevestigen/{token}",
    OWN_DETAILS,
    FIND,
    CURRENT,
    FORMER,
    DEREGISTER_SELECTED,
    ENROL_INSIDE,
    "/deelnemers/{id}",
    "/deelnemers/{id}/afmelden",
    "/deelnemers/{id}/bijschrijven",
    ACCOUNTS,
    NEW_ACCOUNT,
    "/accountbeheer/{id}",
    REQUEST_ACCOUNT,
    "/account-aanvragen/bevestigen/{token}",
    OFFICE,
    "/beheer/aanvragen/{id}",
    "/beheer/accounts/{id}",
    "/beheer/werkgevers/{id}",
    "/beheer/werkgevers/{id}/{nummer}",
    OFFICE_LOG,
    OFFICE_STUCK,
    VALIDATION,
    "/valideren/{id}",
    VALIDATION_OPTIONS,
    ENROL,
    "/aanmelden/stap/{vraag}",
    ENROL_STEPS,
    ENROL_CHECK,
    "/aanvraag/{token}",
    CHANGE,
    "/wijzigen/{token}/{soort}",
    MESSAGES,
];

/// Whether the address is that of a page behind a mailed link, so that whoever knows it may use the link.
pub fn is_behind_link(path: &str) -> bool {
    path.starts_with(CONFIRM_PATH)
        || path.starts_with(FOLLOW_PATH)
        || path.starts_with(CHANGE_PATH)
        || LinkPurpose::ALL.into_iter().any(|purpose| path.starts_with(purpose.path()))
}

/// The open pages, for the contract with this number.
pub fn enrol_on(number: &ContractNumber) -> String {
    format!("{ENROL}/{number}")
}

/// The page of a question of the open pages.
pub fn enrol_question(question: Question) -> String {
    format!("{ENROL}/stap/{}", question.code())
}

/// The same, from which one goes back to where all answers are checked.
pub fn enrol_question_back(question: Question) -> String {
    with_query(&enrol_question(question), &[(BACK, "ja")])
}

/// Somebody of the family on the open pages: by number from 1, or [`NEW_DEPENDANT`]; `back` where one goes back to
/// [`ENROL_CHECK`] afterwards.
pub fn enrol_dependant(number: &str, back: bool) -> String {
    let back = if back { "ja" } else { "" };
    with_query(&enrol_question(Question::Family), &[(DEPENDANT, number), (BACK, back)])
}

/// Where an employee changes something, by the token of a link.
pub fn change(token: &str) -> String {
    format!("{CHANGE_PATH}{token}")
}

/// The page of one kind of change; what cannot be asked there has none.
pub fn change_kind(token: &str, kind: CaseKind) -> Option<String> {
    Some(format!("{}/{}", change(token), kind.word()?))
}

/// Whether the address is that of one of the open pages.
pub fn is_open_page(path: &str) -> bool {
    path == ENROL || path == CHANGE || path.strip_prefix(ENROL).is_some_and(|rest| rest.starts_with('/'))
}

/// The queue, as it was asked for.
pub fn validation(form: &QueueForm) -> String {
    validation_at(VALIDATION, form)
}

/// One request that waits for the employer, or was decided.
pub fn validation_case(id: CaseId) -> String {
    format!("{VALIDATION}/{id}")
}

/// The same, opened from a queue to which one goes back.
pub fn validation_case_from(id: CaseId, form: &QueueForm) -> String {
    validation_at(&validation_case(id), form)
}

fn validation_at(path: &str, form: &QueueForm) -> String {
    with_query(
        path,
        &[
            ("toon", &form.toon),
            ("contract", &form.contract),
            ("naam", without_bsn(&form.naam)),
            ("soort", &form.soort),
            ("sorteer", &form.sorteer),
            ("pagina", if form.pagina == "1" { "" } else { &form.pagina }),
        ],
    )
}

/// "Validatie-overzicht", as it was asked for.
pub fn validation_options(form: &OptionsForm) -> String {
    let page = if form.pagina == "1" { "" } else { &form.pagina };
    with_query(VALIDATION_OPTIONS, &[("contract", &form.contract), ("pagina", page)])
}

/// The page that tells that an account was asked for.
pub fn asked_for_account() -> String {
    with_query(REQUEST_ACCOUNT, &[(ASKED, "ja")])
}

/// The back office, as it was searched, without what may be a BSN.
pub fn office(form: &OfficeForm) -> String {
    with_query(OFFICE, &[("zoek", without_bsn(&form.zoek))])
}

/// The requests for accounts, as they were asked for.
pub fn office_requests(form: &RequestListForm) -> String {
    with_query(OFFICE_REQUESTS, &[("toon", &form.toon), ("pagina", if form.pagina == "1" { "" } else { &form.pagina })])
}

/// One request for an account.
pub fn office_request(id: RequestId) -> String {
    format!("{OFFICE_REQUESTS}/{id}")
}

/// An account in the back office.
pub fn office_account(id: AccountId) -> String {
    format!("{OFFICE}/accounts/{id}")
}

/// An employer in the back office.
pub fn office_employer(id: EmployerId) -> String {
    format!("{OFFICE_EMPLOYERS}/{id}")
}

/// A contract in the back office; without a number a new one.
pub fn office_contract(employer: EmployerId, number: Option<&str>) -> String {
    format!("{OFFICE_EMPLOYERS}/{employer}/{}", number.unwrap_or("nieuw"))
}

/// The access log, as it was asked for; `kind` is empty for the page, or `.xlsx` or `.csv` for a file. What may be a BSN is
/// left out; rows that are asked for with one have no address ([`LogForm::holds_bsn`]).
pub fn office_log(form: &LogForm, kind: &str) -> String {
    with_query(
        &format!("{OFFICE_LOG}{kind}"),
        &[
            ("van", &form.van),
            ("tot", &form.tot),
            ("account", without_bsn(&form.account)),
            ("contract", without_bsn(&form.contract)),
            ("relatienummer", without_bsn(&form.relatienummer)),
            ("gebeurtenis", &form.gebeurtenis),
            ("voor", &form.voor),
        ],
    )
}

/// The page that tells why signing in with eHerkenning came to nothing; `demand` is the level that was asked for, where
/// that is above what the portal demands.
pub fn broker_refused(refusal: BrokerRefusal, demand: Option<Demand>) -> String {
    match demand {
        Some(demand) => with_query(BROKER, &[(REASON, refusal.code()), (LEVEL, demand.code())]),
        None => with_query(BROKER, &[(REASON, refusal.code())]),
    }
}

/// The page that tells that a link was asked for, to link eHerkenning to an account.
pub fn asked_for_identity_link() -> String {
    with_query(LINK_IDENTITY, &[(ASKED, "ja")])
}

/// As [`is_behind_link`], of a page that can be opened without signing in.
pub fn is_behind_open_link(path: &str) -> bool {
    path.starts_with(CONFIRM_PATH)
        || path.starts_with(FOLLOW_PATH)
        || path.starts_with(CHANGE_PATH)
        || LinkPurpose::ALL.into_iter().any(|purpose| !purpose.confirms_address() && path.starts_with(purpose.path()))
}

/// The page that tells that a link was asked for.
pub fn asked_for_link() -> String {
    with_query(FORGOT, &[(ASKED, "ja")])
}

/// The sign-in page, which tells what happened before: [`UNBLOCKED`] or [`BLOCKED`].
pub fn sign_in_notice(notice: &str) -> String {
    with_query(SIGN_IN, &[(NOTICE, notice)])
}

/// The sign-in page, which tells that the second step came too late, and goes on to `wanted` afterwards.
pub fn sign_in_too_late(wanted: &str) -> String {
    with_query(SIGN_IN, &[(NOTICE, TOO_LATE), ("naar", if wanted == DASHBOARD { "" } else { wanted })])
}

/// The sign-in page, which goes on to `wanted` afterwards.
pub fn sign_in(wanted: &str) -> String {
    with_query(SIGN_IN, &[("naar", if wanted == DASHBOARD { "" } else { wanted })])
}

/// The page of the second step, which goes on to `wanted` afterwards.
pub fn second_step(wanted: &str) -> String {
    let wanted = own_path(wanted).unwrap_or_default();
    with_query(SECOND_STEP, &[("naar", if wanted == DASHBOARD { "" } else { wanted })])
}

/// The page of one's own second step, in the middle of [`APP_STEP`] or [`PASSKEY_STEP`].
pub fn set_up_second_factor(step: &str) -> String {
    with_query(SECOND_FACTOR, &[(STEP, step)])
}

/// The address of a list.
pub const fn list_path(population: Population) -> &'static str {
    match population {
        Population::Current => CURRENT,
        Population::Former => FORMER,
    }
}

/// A list with its filter, order and page.
pub fn participants(population: Population, form: &ParticipantListForm) -> String {
    participants_at(list_path(population), form)
}

/// The download of a list, `kind` being `xlsx` or `csv`: exactly what the filter shows.
pub fn participants_download(population: Population, form: &ParticipantListForm, kind: &str) -> String {
    participants_at(&format!("{}.{kind}", list_path(population)), form)
}

/// What was typed in a free field may be a BSN, and is then not written.
fn without_bsn(typed: &str) -> &str {
    if search::holds_bsn(typed) { "" } else { typed }
}

fn participants_at(path: &str, form: &ParticipantListForm) -> String {
    with_query(
        path,
        &[
            ("zoek", without_bsn(&form.zoek)),
            ("achternaam", without_bsn(&form.achternaam)),
            ("relatienummer", &form.relatienummer),
            ("personeelsnummer", &form.personeelsnummer),
            ("geboortedatum", &form.geboortedatum),
            ("contract", &form.contract),
            ("gezinsleden", &form.gezinsleden),
            ("sorteer", &form.sorteer),
            ("pagina", if form.pagina == "1" { "" } else { &form.pagina }),
            ("rijen", &form.rijen),
            ("bekend_op", &form.bekend_op),
        ],
    )
}

/// The page of one participant.
pub fn person(id: ParticipationId) -> String {
    format!("{CURRENT}/{id}")
}

/// Deregistering one participant.
pub fn deregister(id: ParticipationId) -> String {
    format!("{CURRENT}/{id}/afmelden")
}

/// Enrolling somebody on a contract.
pub fn enrol_inside(contract: &str) -> String {
    with_query(ENROL_INSIDE, &[("contract", contract)])
}

/// The acknowledgement that somebody was enrolled.
pub fn enrolled_inside(id: ParticipationId) -> String {
    with_query(ENROL_INSIDE, &[(DONE, &id.to_string())])
}

/// Adding a dependant to a main insured.
pub fn add_dependant(main: ParticipationId) -> String {
    format!("{CURRENT}/{main}/bijschrijven")
}

/// The acknowledgement that a dependant was added to a main insured.
pub fn added_dependant(main: ParticipationId, dependant: ParticipationId) -> String {
    with_query(&add_dependant(main), &[(DONE, &dependant.to_string())])
}

/// The users, as they were searched for, without what may be a BSN.
pub fn accounts(form: &AccountListForm) -> String {
    with_query(
        ACCOUNTS,
        &[
            ("zoek", without_bsn(&form.zoek)),
            ("contract", &form.contract),
            ("pagina", if form.pagina == "1" { "" } else { &form.pagina }),
        ],
    )
}

/// The page of one user.
pub fn account(id: AccountId) -> String {
    format!("{ACCOUNTS}/{id}")
}

/// "Mijn gegevens", which tells what was done.
pub fn own_details_done(done: Done) -> String {
    with_query(OWN_DETAILS, &[(DONE, done.code())])
}

/// "In- en uitstroomlijsten" with its period and page.
pub fn flow(form: &FlowForm) -> String {
    flow_at(FLOW, form)
}

/// The download of a period, `kind` being `xlsx` or `csv`.
pub fn flow_download(form: &FlowForm, kind: &str) -> String {
    flow_at(&format!("{FLOW}.{kind}"), form)
}

fn flow_at(path: &str, form: &FlowForm) -> String {
    with_query(
        path,
        &[
            ("contract", &form.contract),
            ("van", &form.van),
            ("tot", &form.tot),
            ("toon", &form.toon),
            ("bekend_op", &form.bekend_op),
            ("pagina", if form.pagina == "1" { "" } else { &form.pagina }),
        ],
    )
}

/// "Berichten", as they were asked for.
pub fn messages(form: &MessageListForm) -> String {
    with_query(
        MESSAGES,
        &[
            ("contract", &form.contract),
            ("categorie", &form.categorie),
            ("toon", &form.toon),
            ("pagina", if form.pagina == "1" { "" } else { &form.pagina }),
        ],
    )
}

/// "Contractgebruik" of a contract.
pub fn usage(form: &UsageForm) -> String {
    with_query(USAGE, &[("contract", &form.contract), ("maanden", &form.maanden)])
}

/// The download of a contract's usage, `kind` being `xlsx` or `csv`.
pub fn usage_download(form: &UsageForm, kind: &str) -> String {
    with_query(&format!("{USAGE}.{kind}"), &[("contract", &form.contract), ("maanden", &form.maanden)])
}

/// A path with those names and values that are not empty.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut url = path.to_owned();
    let mut sign = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        url.push(sign);
        url.push_str(name);
        url.push('=');
        push_encoded(&mut url, value);
        sign = '&';
    }
    url
}

fn push_encoded(url: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => url.push(char::from(byte)),
            b' ' => url.push('+'),
            _ => {
                url.push('%');
                url.push(char::from(HEX[usize::from(byte >> 4)]));
                url.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

/// A form of texts out of a query, as the router has read it. What is not in the form is ignored.
pub fn form_from_query<T: DeserializeOwned + Default>(query: &ParamsMap) -> T {
    form_from_pairs(query.latest_values().map(|(name, value)| (name.to_string(), value.to_owned())))
}

/// A form of texts out of names and values.
pub fn form_from_pairs<T: DeserializeOwned + Default>(pairs: impl Iterator<Item = (String, String)>) -> T {
    let pairs = pairs.map(|(name, value)| (name, value.into_deserializer()));
    T::deserialize(MapDeserializer::<_, serde::de::value::Error>::new(pairs)).unwrap_or_default()
}

/// `wanted` if it is an address within the portal: nothing that a browser could read as another site's.
pub fn own_path(wanted: &str) -> Option<&str> {
    let is_own = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && wanted.len() <= 2000
        && !wanted.bytes().any(|byte| byte == b'\\' || byte <= b' ' || byte == 0x7f);
    // After signing in one is not sent to sign in or out again.
    let path = wanted.split(['?', '#']).next().unwrap_or_default();
    (is_own && wanted.is_ascii() && path != SIGN_IN && path != SECOND_STEP && path != SIGN_OUT).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_addresses_are_followed() {
        for own in ["/", "/deelnemers?zoek=van+de&pagina=2", "/deelnemers/12/afmelden"] {
            assert_eq!(own_path(own), Some(own));
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "deelnemers",
            "/a\nb",
            "/ /evil",
            "javascript:alert(1)",
            "/inloggen?naar=/",
            "/inloggen/tweede-stap",
            "/uitloggen",
            "\\/evil",
        ] {
            assert_eq!(own_path(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_bsn_is_in_no_address() {
        let form = ParticipantListForm {
            zoek: "123456782".to_owned(),
            bsn: "123456782".to_owned(),
            achternaam: "Jansen 1234.56.782".to_owned(),
            pagina: "2".to_owned(),
            ..ParticipantListForm::default()
        };
        assert_eq!(participants(Population::Current, &form), "/deelnemers?pagina=2");
    }

    // asvs = "1.2.2, 1.1.1"
    #[test]
    fn a_query_is_written_and_read_alike() {
        let form = ParticipantListForm {
            achternaam: "d'Angelo & Çelik+".to_owned(),
            sorteer: "-ingangsdatum".to_owned(),
            ..ParticipantListForm::default()
        };
        let url = participants(Population::Former, &form);
        assert_eq!(url, "/oud-deelnemers?achternaam=d%27Angelo+%26+%C3%87elik%2B&sorteer=-ingangsdatum");
        let mut query = ParamsMap::new();
        query.insert("achternaam", form.achternaam.clone());
        query.insert("sorteer", form.sorteer.clone());
        query.insert("onbekend", "x".to_owned());
        assert_eq!(form_from_query::<ParticipantListForm>(&query), form);
    }

    #[test]
    fn what_a_link_leads_to_is_known_by_its_address() {
        for purpose in LinkPurpose::ALL {
            let page = format!("{}{{token}}", purpose.path());
            assert!(POSTED_PAGES.contains(&page.as_str()) && is_behind_link(&page), "{page}");
        }
        assert!(!is_behind_link(FORGOT) && !is_behind_link(SIGN_IN));
        assert!(is_behind_open_link("/activeren/x") && !is_behind_open_link("/e-mailadres-bevestigen/x"));
    }

    #[test]
    fn signing_in_goes_on_to_what_was_asked_for() {
        assert_eq!(sign_in("/"), "/inloggen");
        assert_eq!(sign_in("/deelnemers?pagina=2"), "/inloggen?naar=/deelnemers%3Fpagina%3D2");
    }
}
