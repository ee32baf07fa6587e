//! The words of the access log and of what is mailed. They stand here and not with the pages' texts because files have
//! them as well, and so that the browser need not carry them.

use collectief_data::audit::AuditKind;
use collectief_domain::actor::Language;

/// The words of the access log in one language.
pub(crate) struct LogWords {
    language: Language,
    /// What the log is called.
    pub(crate) title: &'static str,
    /// The headings of its columns.
    pub(crate) columns: [&'static str; 9],
    unknown: &'static str,
}

static NL: LogWords = LogWords {
    language: Language::Nl,
    title: "Toegangslog",
    columns: ["Nummer", "Tijdstip", "Wie", "Account", "Wat", "Contract", "Relatienummer", "Verzoek", "Bijzonderheden"],
    unknown: "Onbekend",
};

static EN: LogWords = LogWords {
    language: Language::En,
    title: "Access log",
    columns: ["Number", "Time", "Who", "Account", "What", "Contract", "Relation number", "Request", "Details"],
    unknown: "Unknown",
};

impl LogWords {
    /// Those of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }

    /// What happened.
    pub(crate) fn what(&self, kind: Option<AuditKind>) -> &'static str {
        kind.map_or(self.unknown, |kind| one(self.language, in_words(kind)))
    }

    /// Every kind of event, by its words: code and words.
    pub(crate) fn choices(&self) -> Vec<(String, String)> {
        let choice = |kind: &AuditKind| (kind.code().to_owned(), self.what(Some(*kind)).to_owned());
        let mut choices: Vec<_> = AuditKind::ALL.iter().map(choice).collect();
        choices.sort_by(|(_, a), (_, b)| a.cmp(b));
        choices
    }
}

const fn one(language: Language, (dutch, english): (&'static str, &'static str)) -> &'static str {
    match language {
        Language::Nl => dutch,
        Language::En => english,
    }
}

/// What happened, in Dutch and in English.
const fn in_words(kind: AuditKind) -> (&'static str, &'static str) {
    match kind {
        AuditKind::SignedIn => ("Ingelogd", "Signed in"),
        AuditKind::SignInFailed => ("Inloggen mislukt", "Signing in failed"),
        AuditKind::SignInBlocked => ("Inloggen op een geblokkeerd account", "Signing in on a blocked account"),
        AuditKind::SignInRefused => {
            ("Inloggen tegengehouden: te vaak geprobeerd", "Signing in held off: tried too often")
        }
        AuditKind::AccountBlocked => ("Account geblokkeerd", "Account blocked"),
        AuditKind::SignedOut => ("Uitgelogd", "Signed out"),
        AuditKind::AccountAdded => ("Account toegevoegd", "Account added"),
        AuditKind::AccountUnblocked => ("Account gedeblokkeerd", "Account unblocked"),
        AuditKind::LinkAsked => ("Link aangevraagd", "Link asked for"),
        AuditKind::LinkRefused => ("Link tegengehouden: te vaak gevraagd", "Link held off: asked too often"),
        AuditKind::LinkMade => ("Link gemaild", "Link mailed"),
        AuditKind::AccountActivated => ("Account geactiveerd", "Account activated"),
        AuditKind::PasswordReset => ("Wachtwoord hersteld", "Password reset"),
        AuditKind::BrokerRefused => ("Inloggen met eHerkenning geweigerd", "Signing in with eHerkenning refused"),
        AuditKind::IdentityLinked => ("eHerkenning gekoppeld", "eHerkenning linked"),
        AuditKind::IdentityUnlinked => ("eHerkenning ontkoppeld", "eHerkenning unlinked"),
        AuditKind::LevelDemanded => ("Niveau van eHerkenning gewijzigd", "Level of eHerkenning changed"),
        AuditKind::SecondStepAsked => ("Tweede stap gevraagd", "Second step asked"),
        AuditKind::SecondStepFailed => ("Tweede stap mislukt", "Second step failed"),
        AuditKind::SecondFactorSetUp => ("Tweede stap ingesteld", "Second step set up"),
        AuditKind::SecondFactorRemoved => ("Tweede stap uitgezet", "Second step turned off"),
        AuditKind::SecondFactorReset => ("Tweede stap weggehaald door een ander", "Second step taken away by another"),
        AuditKind::PasskeyAdded => ("Passkey toegevoegd", "Passkey added"),
        AuditKind::PasskeyRemoved => ("Passkey verwijderd", "Passkey removed"),
        AuditKind::PasskeyCounterWentBack => {
            ("Passkey geweigerd: teller liep niet door", "Passkey refused: its counter did not go on")
        }
        AuditKind::RecoveryCodesMade => ("Herstelcodes gemaakt", "Recovery codes made"),
        AuditKind::RecoveryCodeUsed => ("Herstelcode gebruikt", "Recovery code used"),
        AuditKind::SecondFactorPolicyChanged => {
            ("Verplichting van de tweede stap gewijzigd", "Demand of the second step changed")
        }
        AuditKind::PasswordRefused => ("Verkeerd huidig wachtwoord", "Wrong present password"),
        AuditKind::PasswordChanged => ("Wachtwoord gewijzigd", "Password changed"),
        AuditKind::DetailsChanged => ("Eigen gegevens gewijzigd", "Own details changed"),
        AuditKind::AddressChangeAsked => ("Ander e-mailadres gevraagd", "Another e-mail address asked for"),
        AuditKind::AddressChangeWithdrawn => ("Ander e-mailadres vervallen", "Another e-mail address withdrawn"),
        AuditKind::AddressChanged => ("E-mailadres gewijzigd", "E-mail address changed"),
        AuditKind::SessionsEnded => ("Sessies beëindigd", "Sessions ended"),
        AuditKind::KeysRotated => ("Sleutels vervangen", "Keys replaced"),
        AuditKind::AccountsViewed => ("Gebruikers bekeken", "Users viewed"),
        AuditKind::AccountViewed => ("Gebruiker bekeken", "User viewed"),
        AuditKind::RightsChanged => ("Rechten gewijzigd", "Rights changed"),
        AuditKind::RightsRefused => ("Rechten wijzigen geweigerd", "Changing rights refused"),
        AuditKind::AccountClosed => ("Account gesloten", "Account closed"),
        AuditKind::MainAccountNamed => ("Hoofdaccount benoemd", "Main account named"),
        AuditKind::AccountRequested => ("Account aangevraagd", "Account requested"),
        AuditKind::AccountRequestHeldOff => ("Aanvraag tegengehouden", "Request held off"),
        AuditKind::AccountRequestConfirmed => ("Aanvraag bevestigd", "Request confirmed"),
        AuditKind::AccountRequestsViewed => ("Aanvragen bekeken", "Requests viewed"),
        AuditKind::AccountRequestViewed => ("Aanvraag bekeken", "Request viewed"),
        AuditKind::AccountRequestApproved => ("Aanvraag goedgekeurd", "Request approved"),
        AuditKind::AccountRequestRefused => ("Aanvraag afgewezen", "Request refused"),
        AuditKind::StaffChanged => ("Rollen in de backoffice gewijzigd", "Back-office roles changed"),
        AuditKind::OfficeRefused => ("Wijziging in de backoffice geweigerd", "Change in the back office refused"),
        AuditKind::OfficeSearched => ("Gezocht in de backoffice", "Searched in the back office"),
        AuditKind::MailRetried => ("E-mail opnieuw geprobeerd", "Mail tried again"),
        AuditKind::MailAssigned => ("Behandelaar van e-mail gewijzigd", "Who looks after a mail changed"),
        AuditKind::ViewingBegun => ("Meekijken begonnen", "Looking along begun"),
        AuditKind::ViewingEnded => ("Meekijken gestopt", "Looking along ended"),
        AuditKind::EmployerViewed => ("Werkgever bekeken", "Employer viewed"),
        AuditKind::EmployerAdded => ("Werkgever toegevoegd", "Employer added"),
        AuditKind::EmployerChanged => ("Werkgever gewijzigd", "Employer changed"),
        AuditKind::ContractAdded => ("Contract toegevoegd", "Contract added"),
        AuditKind::ContractChanged => ("Contract gewijzigd", "Contract changed"),
        AuditKind::AccessLogViewed => ("Toegangslog bekeken", "Access log viewed"),
        AuditKind::AccessLogVerified => ("Toegangslog gecontroleerd", "Access log verified"),
        AuditKind::ListViewed => ("Lijst met deelnemers bekeken", "List of participants viewed"),
        AuditKind::Searched => ("Deelnemers gezocht", "Participants looked up"),
        AuditKind::ParticipantViewed => ("Deelnemer bekeken", "Participant viewed"),
        AuditKind::BsnRevealed => ("BSN getoond", "BSN shown"),
        AuditKind::FlowViewed => ("In- en uitstroom bekeken", "In- and outflow viewed"),
        AuditKind::UsageViewed => ("Contractgebruik bekeken", "Contract usage viewed"),
        AuditKind::Exported => ("Lijst gedownload", "List downloaded"),
        AuditKind::ExportedWithBsn => ("Lijst met BSN gedownload", "List with BSNs downloaded"),
        AuditKind::Deregistered => ("Deelnemers afgemeld", "Participants deregistered"),
        AuditKind::DeregistrationRequested => {
            ("Afmelding gevraagd aan de verzekeraar", "Deregistration asked of the insurer")
        }
        AuditKind::DeregistrationWithdrawn => ("Afmelding ingetrokken", "Deregistration taken back"),
        AuditKind::PersonnelNumberChanged => ("Personeelsnummer gewijzigd", "Personnel number changed"),
        AuditKind::ChangeLinkAsked => ("Link om te wijzigen gevraagd", "Link to change something asked for"),
        AuditKind::ChangeSent => ("Wijziging ingestuurd", "Change sent"),
        AuditKind::EnrolmentSent => ("Aanmelding ingestuurd", "Enrolment sent"),
        AuditKind::EnrolmentHeldOff => ("Aanmelding tegengehouden: te veel", "Enrolment held off: too many"),
        AuditKind::CaseProven => ("E-mailadres bij mutatie bevestigd", "Address of a mutation confirmed"),
        AuditKind::CaseWithdrawn => ("Mutatie ingetrokken", "Mutation withdrawn"),
        AuditKind::CaseAnswered => ("Vraag over mutatie beantwoord", "Question about a mutation answered"),
        AuditKind::CaseDoneAtOnce => ("Mutatie direct verwerkt", "Mutation processed at once"),
        AuditKind::QueueViewed => ("Te valideren mutaties bekeken", "Mutations to validate viewed"),
        AuditKind::CaseViewed => ("Mutatie bekeken", "Mutation viewed"),
        AuditKind::CaseApproved => ("Mutatie goedgekeurd", "Mutation approved"),
        AuditKind::CaseRemoved => ("Mutatie verwijderd", "Mutation removed"),
        AuditKind::CaseAsked => ("Vraag gesteld over mutatie", "Question asked about a mutation"),
        AuditKind::CaseUndone => ("Goedkeuring teruggedraaid", "Approval taken back"),
        AuditKind::CaseStuck => ("Mutatie kon niet worden verwerkt", "Mutation could not be processed"),
        AuditKind::CaseRetried => ("Mutatie opnieuw geprobeerd en verwerkt", "Mutation tried again and processed"),
        AuditKind::CaseAssigned => ("Behandelaar van mutatie gewijzigd", "Who looks after a mutation changed"),
        AuditKind::StuckViewed => ("Vastgelopen mutaties bekeken", "Stuck mutations viewed"),
        AuditKind::ValidationViewed => ("Validatie-overzicht bekeken", "Choices of validation viewed"),
        AuditKind::ValidationChanged => ("Validatie-overzicht gewijzigd", "Choices of validation changed"),
        AuditKind::Enrolled => ("Deelnemer aangemeld", "Participant enrolled"),
        AuditKind::EnrolmentRefused => ("Aanmelden geweigerd", "Enrolling refused"),
        AuditKind::DependantAdded => ("Gezinslid bijgeschreven", "Dependant added"),
        AuditKind::ProductKept => ("Verzekering aangeboden of gewijzigd", "Insurance offered or changed"),
        AuditKind::MessagesViewed => ("Berichten bekeken", "Messages viewed"),
        AuditKind::RosterImported => ("Deelnemers ingelezen", "Roster loaded"),
        AuditKind::RosterExported => ("Deelnemers uitgevoerd", "Roster exported"),
        AuditKind::DemoLoaded => ("Demonstratie geladen", "Demonstration loaded"),
    }
}

/// What a mail of this kind is.
pub(super) fn mail(language: Language, kind: &str) -> &'static str {
    let words = match kind {
        "account_link" => ("Link naar het account", "Link to the account"),
        "account_request_link" => ("Link om een aanvraag te bevestigen", "Link to confirm a request"),
        "address_link" => ("Link om een adres te bevestigen", "Link to confirm an address"),
        "case_mail" => ("Mail over een aanmelding", "Mail about an enrolment"),
        "already_participates" => ("Aanmelding met bekende gegevens", "Enrolment with known details"),
        "reminder" => ("Herinnering", "Reminder"),
        "second_factor_changed" => ("Tweede stap gewijzigd", "Second step changed"),
        "email_change_asked" => ("Ander e-mailadres gevraagd", "Another e-mail address asked for"),
        "email_changed" => ("E-mailadres gewijzigd", "E-mail address changed"),
        "reminder_address_changed" => ("Adres voor herinneringen gewijzigd", "Address for reminders changed"),
        "password_changed" => ("Wachtwoord gewijzigd", "Password changed"),
        "access_granted" => ("Toegang tot een contract", "Access to a contract"),
        "account_refused" => ("Aanvraag afgewezen", "Request refused"),
        "continuation_offer" => ("Aanbod om zelf voort te zetten", "Offer to continue on one's own"),
        "continuation_offer_withdrawn" => ("Aanbod ingetrokken", "Offer withdrawn"),
        "deregistration_request" => ("Verzoek om afmelding", "Request to deregister"),
        "deregistration_request_withdrawn" => ("Verzoek om afmelding ingetrokken", "Request to deregister withdrawn"),
        _ => ("Bericht", "Message"),
    };
    one(language, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_of_event_are_called_alike() {
        for words in [&NL, &EN] {
            let mut shown: Vec<_> = words.choices().into_iter().map(|(_, words)| words).collect();
            assert_eq!(shown.len(), AuditKind::ALL.len());
            shown.dedup();
            assert_eq!(shown.len(), AuditKind::ALL.len());
        }
    }
}
