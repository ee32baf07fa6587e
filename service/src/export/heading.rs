//! The words in files, in the reader's language. They stand here and not with the pages' texts, because a file is made
//! by the server alone.

use collectief_domain::{actor::Language, deregistration::EndReason, name::Gender};

/// A column of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) heading: &'static str,
    /// In characters, as spreadsheets count.
    pub(super) width: u32,
}

/// All words of one language.
pub(super) struct Words {
    pub(super) participants: &'static str,
    pub(super) former: &'static str,
    pub(super) flow: &'static str,
    pub(super) usage: &'static str,
    pub(super) came: &'static str,
    pub(super) went: &'static str,
    pub(super) came_and_went: &'static str,
    flow_column: &'static str,
    columns: [&'static str; 12],
    usage_columns: [&'static str; 5],
    genders: [&'static str; 3],
    reasons: [&'static str; 5],
}

static NL: Words = Words {
    participants: "Deelnemers",
    former: "Oud-deelnemers",
    flow: "In- en uitstroom",
    usage: "Contractgebruik",
    came: "In",
    went: "Uit",
    came_and_went: "In en uit",
    flow_column: "Stroom",
    columns: [
        "Contract",
        "Volledige naam",
        "Voorvoegsel",
        "Achternaam",
        "BSN",
        "Relatienummer",
        "Geboortedatum",
        "Geslacht",
        "Ingangsdatum",
        "Einddatum",
        "Reden",
        "Personeelsnummer",
    ],
    usage_columns: ["Maand", "Aantal deelnemers", "Verschil", "Ingestroomd", "Uitgestroomd"],
    genders: ["Vrouw", "Man", "X"],
    reasons: [
        "Einde collectiviteit",
        "Overleden",
        "Einde dienstverband",
        "Einde dienstverband OBU",
        "Einde dienstverband WIA",
    ],
};

static EN: Words = Words {
    participants: "Participants",
    former: "Former participants",
    flow: "Inflow and outflow",
    usage: "Contract usage",
    came: "In",
    went: "Out",
    came_and_went: "In and out",
    flow_column: "Flow",
    columns: [
        "Contract",
        "Full name",
        "Prefix",
        "Surname",
        "BSN",
        "Relation number",
        "Date of birth",
        "Gender",
        "Start date",
        "End date",
        "Reason",
        "Personnel number",
    ],
    usage_columns: ["Month", "Participants", "Difference", "Inflow", "Outflow"],
    genders: ["Female", "Male", "X"],
    reasons: [
        "End of collective contract",
        "Deceased",
        "End of employment",
        "End of employment OBU",
        "End of employment WIA",
    ],
};

const WIDTHS: [u32; 12] = [11, 30, 12, 24, 11, 15, 14, 10, 13, 12, 26, 18];

/// The place of the BSN among the columns.
const BSN: usize = 4;

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Nl => &NL,
            Language::En => &EN,
        }
    }

    pub(super) fn gender(&self, gender: Gender) -> &'static str {
        match gender {
            Gender::V => self.genders[0],
            Gender::M => self.genders[1],
            Gender::X => self.genders[2],
            Gender::Unknown => "",
        }
    }

    pub(super) fn reason(&self, reason: EndReason) -> &'static str {
        match reason {
            EndReason::EindeCollectiviteit => self.reasons[0],
            EndReason::Overleden => self.reasons[1],
            EndReason::EindeDienstverband => self.reasons[2],
            EndReason::EindeDienstverbandObu => self.reasons[3],
            EndReason::EindeDienstverbandWia => self.reasons[4],
        }
    }
}

/// The columns of a list of participants.
pub(super) fn participants(words: &Words, with_bsn: bool) -> Vec<Column> {
    words
        .columns
        .iter()
        .zip(WIDTHS)
        .enumerate()
        .filter(|(place, _)| with_bsn || *place != BSN)
        .map(|(_, (heading, width))| Column { heading, width })
        .collect()
}

/// The columns of a list over a period.
pub(super) fn flow(words: &Words) -> Vec<Column> {
    let mut columns = vec![Column { heading: words.flow_column, width: 10 }];
    columns.extend(participants(words, false));
    columns
}

/// The columns of the usage by month.
pub(super) fn usage(words: &Words) -> Vec<Column> {
    words.usage_columns.iter().map(|heading| Column { heading, width: 18 }).collect()
}
