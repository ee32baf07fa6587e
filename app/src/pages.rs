//! The pages as the router knows them. In the browser the code of a page is a file of its own, a part, that is loaded
//! when the page is first opened: `cargo xtask build` splits the module at the functions below. Pages that share much, or
//! are small, share a part: what two parts need is a file of its own, and with many parts those would be many files.

use collectief_domain::{
    account::LinkPurpose,
    date::Date,
    deregistration::DeregistrationReceipt,
    participant::{ParticipantRow, Population},
};
use leptos::prelude::*;
use leptos_router::ChooseView;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    account_management::{UserPage, UsersPage},
    dashboard::DashboardPage,
    deregister::{DeregisterPage, DoneReceipt},
    enrol::enrol_page,
    enrol_inside::{DependantPage, EnrolPage},
    find::FindPage,
    flow::InOutFlowPage,
    messages::MessagesPage,
    office::office_page,
    own_details::{OwnDetailsPage, confirm_page},
    participants::{DirectDeregister, OPENED, PersonPage, list_page},
    second_factor::{SecondFactorPage, SecondFactorPolicyPage},
    signin::{BrokerRefusedPage, ForgotPage, LinkIdentityPage, SecondStepPage, SignInPage, Watch, link_page},
    usage::UsagePage,
    validate::{CasePage, OptionsPage, QueuePage},
};

/// A page, whose code may not be there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LazyPage {
    /// The dashboard.
    Dashboard,
    /// Signing in.
    SignIn,
    /// Signing in with eHerkenning came to nothing.
    BrokerRefused,
    /// Linking eHerkenning to an account.
    LinkIdentity,
    /// The second step of signing in.
    SecondStep,
    /// The second step of one's own account.
    SecondFactor,
    /// Which employers ask a second step.
    SecondFactorPolicy,
    /// "Wachtwoord vergeten".
    Forgot,
    /// Behind a mailed link.
    Link(LinkPurpose),
    /// Behind a mailed link that confirms an address.
    Confirm(LinkPurpose),
    /// "Mijn gegevens".
    OwnDetails,
    /// What was found with the field in the header.
    Find,
    /// A list of participants.
    Participants(Population),
    /// One participant.
    Person,
    /// Deregistering one or several.
    Deregister,
    /// The open pages, on which employees enrol.
    Enrol(EnrolPlace),
    /// Enrolling somebody inside the portal.
    EnrolInside,
    /// Adding a dependant to a main insured.
    AddDependant,
    /// "Valideren".
    Queue,
    /// One request that waits, or was decided.
    Case,
    /// "Validatie-overzicht".
    ValidationOptions,
    /// "In- en uitstroomlijsten".
    Flow,
    /// "Contractgebruik".
    Usage,
    /// "Berichten".
    Messages,
    /// "Accountbeheer".
    Users,
    /// One user, or a new one.
    User,
    /// The back office, and asking it for an account.
    Office(OfficePlace),
}

/// A page of the back office, or one on which an account is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficePlace {
    /// "Account aanvragen".
    Ask,
    /// Behind the mailed link that confirms it.
    Confirm,
    /// What waits, and finding accounts and employers.
    Home,
    /// The requests for accounts.
    Requests,
    /// One request.
    Request,
    /// One account.
    Account,
    /// One employer, or a new one.
    Employer,
    /// One contract, or a new one.
    Contract,
    /// The requests that could not be done.
    Stuck,
    /// The access log.
    Log,
}

/// One of the open pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolPlace {
    /// The first question: which contract, and who fills it in.
    Begin,
    /// One question.
    Question,
    /// How far one is.
    Steps,
    /// All answers.
    Check,
    /// What was sent.
    Sent,
    /// The employee's own page, behind the mailed link.
    Follow,
    /// Asking for a link to change something.
    AskChange,
    /// What can be changed by a link.
    Changes,
    /// One change.
    Change,
}

/// The code of a page cannot be had: there is no connection, or an upgrade took the file away.
type Missing = SplitLoaderError;

#[wasm_split(overviews, preload(load_dashboard), fallible)]
fn dashboard() -> Result<AnyView, Missing> {
    Ok(view! { <DashboardPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_sign_in), fallible)]
fn sign_in() -> Result<AnyView, Missing> {
    Ok(view! { <SignInPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_broker_refused), fallible)]
fn broker_refused() -> Result<AnyView, Missing> {
    Ok(view! { <BrokerRefusedPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_link_identity), fallible)]
fn link_identity() -> Result<AnyView, Missing> {
    Ok(view! { <LinkIdentityPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_second_step), fallible)]
fn second_step() -> Result<AnyView, Missing> {
    Ok(view! { <SecondStepPage /> }.into_any())
}

#[wasm_split(person, preload(load_second_factor), fallible)]
fn second_factor() -> Result<AnyView, Missing> {
    Ok(view! { <SecondFactorPage /> }.into_any())
}

#[wasm_split(person, preload(load_second_factor_policy), fallible)]
fn second_factor_policy() -> Result<AnyView, Missing> {
    Ok(view! { <SecondFactorPolicyPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_forgot), fallible)]
fn forgot() -> Result<AnyView, Missing> {
    Ok(view! { <ForgotPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_link), fallible)]
fn link(purpose: LinkPurpose) -> Result<AnyView, Missing> {
    Ok(link_page(purpose))
}

#[wasm_split(overviews, preload(load_find), fallible)]
fn find() -> Result<AnyView, Missing> {
    Ok(view! { <FindPage /> }.into_any())
}

#[wasm_split(participants, preload(load_participants), fallible)]
fn participants(population: Population) -> Result<AnyView, Missing> {
    Ok(list_page(population).into_any())
}

#[wasm_split(person, preload(load_person), fallible)]
fn person() -> Result<AnyView, Missing> {
    Ok(view! { <PersonPage /> }.into_any())
}

#[wasm_split(person, preload(load_deregister), fallible)]
fn deregister() -> Result<AnyView, Missing> {
    Ok(view! { <DeregisterPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_enrol), fallible)]
fn enrol(place: EnrolPlace) -> Result<AnyView, Missing> {
    Ok(enrol_page(place))
}

#[wasm_split(person, preload(load_enrol_inside), fallible)]
fn enrol_inside() -> Result<AnyView, Missing> {
    Ok(view! { <EnrolPage /> }.into_any())
}

#[wasm_split(person, preload(load_add_dependant), fallible)]
fn add_dependant() -> Result<AnyView, Missing> {
    Ok(view! { <DependantPage /> }.into_any())
}

#[wasm_split(person, preload(load_queue), fallible)]
fn queue() -> Result<AnyView, Missing> {
    Ok(view! { <QueuePage /> }.into_any())
}

#[wasm_split(person, preload(load_case), fallible)]
fn case() -> Result<AnyView, Missing> {
    Ok(view! { <CasePage /> }.into_any())
}

#[wasm_split(person, preload(load_validation_options), fallible)]
fn validation_options() -> Result<AnyView, Missing> {
    Ok(view! { <OptionsPage /> }.into_any())
}

/// The opened row of a list. Most who look at a list never open one, so it comes with the page that does the same.
#[wasm_split(person, preload(load_direct_deregister), fallible)]
pub(crate) fn direct_deregister(
    row: ParticipantRow,
    close: String,
    today: Date,
    on_done: Callback<DeregistrationReceipt>,
) -> Result<AnyView, Missing> {
    Ok(view! { <DirectDeregister row close today on_done /> }.into_any())
}

/// What was done in the opened row.
#[wasm_split(person, fallible)]
pub(crate) fn done_receipt(
    receipt: DeregistrationReceipt,
    list: Owner,
    on_withdrawn: Callback<()>,
) -> Result<AnyView, Missing> {
    Ok(view! { <DoneReceipt receipt list on_withdrawn /> }.into_any())
}

/// The dialog over a page whose session is about to end, or has.
#[wasm_split(overviews, fallible)]
pub(crate) fn session_dialog(watch: Watch) -> Result<AnyView, Missing> {
    Ok(crate::signin::session_dialog(watch))
}

#[wasm_split(overviews, preload(load_flow), fallible)]
fn flow() -> Result<AnyView, Missing> {
    Ok(view! { <InOutFlowPage /> }.into_any())
}

#[wasm_split(overviews, preload(load_usage), fallible)]
fn usage() -> Result<AnyView, Missing> {
    Ok(view! { <UsagePage /> }.into_any())
}

#[wasm_split(overviews, preload(load_messages), fallible)]
fn messages() -> Result<AnyView, Missing> {
    Ok(view! { <MessagesPage /> }.into_any())
}

#[wasm_split(person, preload(load_users), fallible)]
fn users() -> Result<AnyView, Missing> {
    Ok(view! { <UsersPage /> }.into_any())
}

#[wasm_split(person, preload(load_user), fallible)]
fn user() -> Result<AnyView, Missing> {
    Ok(view! { <UserPage /> }.into_any())
}

#[wasm_split(person, preload(load_office), fallible)]
fn office(place: OfficePlace) -> Result<AnyView, Missing> {
    Ok(office_page(place))
}

/// "Mijn gegevens", or the page behind a link that confirms an address of it.
#[wasm_split(person, preload(load_own_details), fallible)]
fn own_details(confirming: Option<LinkPurpose>) -> Result<AnyView, Missing> {
    Ok(confirming.map_or_else(|| view! { <OwnDetailsPage /> }.into_any(), confirm_page))
}

impl LazyPage {
    /// The page at a path, if there is one.
    fn at(path: &str) -> Option<Self> {
        let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
        Some(match words[..] {
            [] => Self::Dashboard,
            ["inloggen"] => Self::SignIn,
            ["inloggen", "eherkenning"] => Self::BrokerRefused,
            ["inloggen", "eherkenning", "koppelen"] => Self::LinkIdentity,
            ["eherkenning-koppelen", _] => Self::Link(LinkPurpose::Identity),
            ["inloggen", "tweede-stap"] => Self::SecondStep,
            ["mijn-gegevens", "tweede-stap"] => Self::SecondFactor,
            ["accountbeheer", "tweede-stap"] => Self::SecondFactorPolicy,
            ["wachtwoord-vergeten"] => Self::Forgot,
            ["activeren", _] => Self::Link(LinkPurpose::Activation),
            ["wachtwoord-herstellen", _] => Self::Link(LinkPurpose::Reset),
            ["deblokkeren", _] => Self::Link(LinkPurpose::Unblock),
            ["e-mailadres-bevestigen", _] => Self::Confirm(LinkPurpose::EmailChange),
            ["herinneringsadres-bevestigen", _] => Self::Confirm(LinkPurpose::ReminderAddress),
            ["mijn-gegevens"] => Self::OwnDetails,
            ["zoeken"] => Self::Find,
            ["deelnemers"] => Self::Participants(Population::Current),
            ["oud-deelnemers"] => Self::Participants(Population::Former),
            ["deelnemers", "afmelden"] | ["deelnemers", _, "afmelden"] => Self::Deregister,
            ["deelnemers", "aanmelden"] => Self::EnrolInside,
            ["deelnemers", _, "bijschrijven"] => Self::AddDependant,
            ["deelnemers", _] => Self::Person,
            ["aanmelden"] => Self::Enrol(EnrolPlace::Begin),
            ["aanmelden", "stappen"] => Self::Enrol(EnrolPlace::Steps),
            ["aanmelden", "controleren"] => Self::Enrol(EnrolPlace::Check),
            ["aanmelden", "verzonden"] => Self::Enrol(EnrolPlace::Sent),
            ["aanmelden", "stap", _] => Self::Enrol(EnrolPlace::Question),
            ["aanmelden", _] => Self::Enrol(EnrolPlace::Begin),
            ["aanvraag", _] => Self::Enrol(EnrolPlace::Follow),
            ["wijzigen"] => Self::Enrol(EnrolPlace::AskChange),
            ["wijzigen", _] => Self::Enrol(EnrolPlace::Changes),
            ["wijzigen", _, _] => Self::Enrol(EnrolPlace::Change),
            ["valideren"] => Self::Queue,
            ["valideren", _] => Self::Case,
            ["validatie-overzicht"] => Self::ValidationOptions,
            ["in-en-uitstroom"] => Self::Flow,
            ["contractgebruik"] => Self::Usage,
            ["berichten"] => Self::Messages,
            ["accountbeheer"] => Self::Users,
            ["accountbeheer", _] => Self::User,
            ["account-aanvragen"] => Self::Office(OfficePlace::Ask),
            ["account-aanvragen", "bevestigen", _] => Self::Office(OfficePlace::Confirm),
            ["beheer"] => Self::Office(OfficePlace::Home),
            ["beheer", "aanvragen"] => Self::Office(OfficePlace::Requests),
            ["beheer", "aanvragen", _] => Self::Office(OfficePlace::Request),
            ["beheer", "accounts", _] => Self::Office(OfficePlace::Account),
            ["beheer", "werkgevers", _] => Self::Office(OfficePlace::Employer),
            ["beheer", "werkgevers", _, _] => Self::Office(OfficePlace::Contract),
            ["beheer", "vastgelopen"] => Self::Office(OfficePlace::Stuck),
            ["beheer", "toegangslog"] => Self::Office(OfficePlace::Log),
            _ => return None,
        })
    }

    /// The parts that hold the code of what stands at an address.
    pub fn parts_at(path: &str, query: &str) -> impl Iterator<Item = &'static str> + use<> {
        let page = Self::at(path);
        let row = page.is_some_and(|page| page.has_opened_row(query)).then_some(Self::Deregister);
        page.into_iter().chain(row).map(Self::part)
    }

    fn has_opened_row(self, query: &str) -> bool {
        matches!(self, Self::Participants(_)) && query.split('&').any(|pair| pair.split('=').next() == Some(OPENED))
    }

    /// The name of the part that its code is in, which is the word in the attribute above.
    pub const fn part(self) -> &'static str {
        match self {
            Self::Participants(_) => "participants",
            Self::Person
            | Self::Deregister
            | Self::EnrolInside
            | Self::AddDependant
            | Self::Queue
            | Self::Case
            | Self::ValidationOptions
            | Self::Users
            | Self::User
            | Self::Office(_)
            | Self::SecondFactor
            | Self::SecondFactorPolicy
            | Self::OwnDetails
            | Self::Confirm(_) => "person",
            Self::Dashboard
            | Self::SignIn
            | Self::SecondStep
            | Self::BrokerRefused
            | Self::LinkIdentity
            | Self::Forgot
            | Self::Link(_)
            | Self::Find
            | Self::Flow
            | Self::Usage
            | Self::Enrol(_)
            | Self::Messages => "overviews",
        }
    }

    /// Loads the code; on the server it is always there.
    ///
    /// # Errors
    /// When it cannot be had. It may be tried again.
    pub async fn load(self) -> Result<(), Missing> {
        match self {
            Self::Dashboard => load_dashboard().await,
            Self::SignIn => load_sign_in().await,
            Self::BrokerRefused => load_broker_refused().await,
            Self::LinkIdentity => load_link_identity().await,
            Self::SecondStep => load_second_step().await,
            Self::SecondFactor => load_second_factor().await,
            Self::SecondFactorPolicy => load_second_factor_policy().await,
            Self::Forgot => load_forgot().await,
            Self::Link(_) => load_link().await,
            Self::Find => load_find().await,
            Self::Participants(_) => load_participants().await,
            Self::Person => load_person().await,
            Self::Deregister => load_deregister().await,
            Self::Enrol(_) => load_enrol().await,
            Self::EnrolInside => load_enrol_inside().await,
            Self::AddDependant => load_add_dependant().await,
            Self::Queue => load_queue().await,
            Self::Case => load_case().await,
            Self::ValidationOptions => load_validation_options().await,
            Self::Flow => load_flow().await,
            Self::Usage => load_usage().await,
            Self::Messages => load_messages().await,
            Self::Users => load_users().await,
            Self::User => load_user().await,
            Self::Office(_) => load_office().await,
            Self::OwnDetails | Self::Confirm(_) => load_own_details().await,
        }
    }

    async fn view(self) -> Result<AnyView, Missing> {
        match self {
            Self::Dashboard => dashboard().await,
            Self::SignIn => sign_in().await,
            Self::BrokerRefused => broker_refused().await,
            Self::LinkIdentity => link_identity().await,
            Self::SecondStep => second_step().await,
            Self::SecondFactor => second_factor().await,
            Self::SecondFactorPolicy => second_factor_policy().await,
            Self::Forgot => forgot().await,
            Self::Link(purpose) => link(purpose).await,
            Self::Find => find().await,
            Self::Participants(population) => participants(population).await,
            Self::Person => person().await,
            Self::Deregister => deregister().await,
            Self::Enrol(place) => enrol(place).await,
            Self::EnrolInside => enrol_inside().await,
            Self::AddDependant => add_dependant().await,
            Self::Queue => queue().await,
            Self::Case => case().await,
            Self::ValidationOptions => validation_options().await,
            Self::Flow => flow().await,
            Self::Usage => usage().await,
            Self::Messages => messages().await,
            Self::Users => users().await,
            Self::User => user().await,
            Self::Office(place) => office(place).await,
            Self::OwnDetails => own_details(None).await,
            Self::Confirm(purpose) => own_details(Some(purpose)).await,
        }
    }
}

impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        // It is there, for `preload` went before.
        self.view().await.unwrap_or_else(|_| ().into_any())
    }

    async fn preload(&self) {
        if self.load().await.is_err() {
            #[cfg(feature = "hydrate")]
            load_document().await;
        }
    }
}

/// Goes to the page that the router is on its way to as a link does where there is no JavaScript, and lets the router
/// wait for what will not come.
#[cfg(feature = "hydrate")]
async fn load_document() {
    let url = leptos_router::hooks::use_url().get_untracked();
    let sign = if url.search().is_empty() { "" } else { "?" };
    // Without the part behind the '#': with it the browser could take it for a place on the page that it is on.
    let address = format!("{}{sign}{}", url.path(), url.search());
    // It fails only for an address that cannot be read, and this one was.
    let _ = window().location().assign(&address);
    std::future::pending::<()>().await;
}

/// Loads the code of what the browser shows, so that it can be hydrated at once.
///
/// # Errors
/// When it cannot be had.
#[cfg(feature = "hydrate")]
pub async fn load_opened() -> Result<(), Missing> {
    let location = window().location();
    let Some(page) = LazyPage::at(&location.pathname().unwrap_or_default()) else { return Ok(()) };
    page.load().await?;
    if page.has_opened_row(location.search().unwrap_or_default().trim_start_matches('?')) {
        load_direct_deregister().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_page() {
        let list = LazyPage::Participants(Population::Current);
        for (path, page) in [
            ("/", Some(LazyPage::Dashboard)),
            ("/deelnemers", Some(list)),
            ("/deelnemers/", Some(list)),
            ("/deelnemers/12", Some(LazyPage::Person)),
            ("/deelnemers/afmelden", Some(LazyPage::Deregister)),
            ("/deelnemers/12/afmelden", Some(LazyPage::Deregister)),
            ("/deelnemers/aanmelden", Some(LazyPage::EnrolInside)),
            ("/deelnemers/12/bijschrijven", Some(LazyPage::AddDependant)),
            ("/aanmelden", Some(LazyPage::Enrol(EnrolPlace::Begin))),
            ("/aanmelden/23595", Some(LazyPage::Enrol(EnrolPlace::Begin))),
            ("/aanmelden/stappen", Some(LazyPage::Enrol(EnrolPlace::Steps))),
            ("/aanmelden/stap/naam", Some(LazyPage::Enrol(EnrolPlace::Question))),
            ("/aanmelden/controleren", Some(LazyPage::Enrol(EnrolPlace::Check))),
            ("/aanmelden/verzonden", Some(LazyPage::Enrol(EnrolPlace::Sent))),
            ("/aanvraag/a", Some(LazyPage::Enrol(EnrolPlace::Follow))),
            ("/wijzigen", Some(LazyPage::Enrol(EnrolPlace::AskChange))),
            ("/wijzigen/a", Some(LazyPage::Enrol(EnrolPlace::Changes))),
            ("/wijzigen/a/gegevens", Some(LazyPage::Enrol(EnrolPlace::Change))),
            ("/valideren", Some(LazyPage::Queue)),
            ("/valideren/12", Some(LazyPage::Case)),
            ("/validatie-overzicht", Some(LazyPage::ValidationOptions)),
            ("/beheer/vastgelopen", Some(LazyPage::Office(OfficePlace::Stuck))),
            ("/wachtwoord-vergeten", Some(LazyPage::Forgot)),
            ("/activeren/a", Some(LazyPage::Link(LinkPurpose::Activation))),
            ("/wachtwoord-herstellen/a", Some(LazyPage::Link(LinkPurpose::Reset))),
            ("/deblokkeren/a", Some(LazyPage::Link(LinkPurpose::Unblock))),
            ("/eherkenning-koppelen/a", Some(LazyPage::Link(LinkPurpose::Identity))),
            ("/inloggen/eherkenning", Some(LazyPage::BrokerRefused)),
            ("/inloggen/eherkenning/koppelen", Some(LazyPage::LinkIdentity)),
            ("/e-mailadres-bevestigen/a", Some(LazyPage::Confirm(LinkPurpose::EmailChange))),
            ("/herinneringsadres-bevestigen/a", Some(LazyPage::Confirm(LinkPurpose::ReminderAddress))),
            ("/mijn-gegevens", Some(LazyPage::OwnDetails)),
            ("/deblokkeren", None),
            ("/berichten", Some(LazyPage::Messages)),
            ("/accountbeheer", Some(LazyPage::Users)),
            ("/inloggen/tweede-stap", Some(LazyPage::SecondStep)),
            ("/mijn-gegevens/tweede-stap", Some(LazyPage::SecondFactor)),
            ("/accountbeheer/tweede-stap", Some(LazyPage::SecondFactorPolicy)),
            ("/accountbeheer/nieuw", Some(LazyPage::User)),
            ("/accountbeheer/7", Some(LazyPage::User)),
            ("/account-aanvragen", Some(LazyPage::Office(OfficePlace::Ask))),
            ("/account-aanvragen/bevestigen/a", Some(LazyPage::Office(OfficePlace::Confirm))),
            ("/beheer", Some(LazyPage::Office(OfficePlace::Home))),
            ("/beheer/werkgevers/nieuw", Some(LazyPage::Office(OfficePlace::Employer))),
            ("/beheer/werkgevers/3/23595", Some(LazyPage::Office(OfficePlace::Contract))),
            ("/beheer/toegangslog", Some(LazyPage::Office(OfficePlace::Log))),
            ("/beheer/anders", None),
            ("/deelnemers/12/anders", None),
            ("/anders", None),
        ] {
            assert_eq!(LazyPage::at(path), page, "{path}");
        }
    }

    #[test]
    fn an_opened_row_needs_its_code_as_well() {
        let parts = |path, query| LazyPage::parts_at(path, query).collect::<Vec<_>>();
        assert_eq!(parts("/deelnemers", "pagina=2&afmelden=12"), ["participants", "person"]);
        assert_eq!(parts("/deelnemers", "pagina=2"), ["participants"]);
        assert_eq!(parts("/deelnemers/12", "afmelden=12"), ["person"]);
        assert!(parts("/anders", "afmelden=12").is_empty());
    }
}
