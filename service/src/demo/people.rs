//! Invented people: the same for the same day, in every state that there is.

use std::collections::HashSet;

use chrono::{Datelike, Days, Months};
use collectief_domain::{
    bsn::Bsn,
    date::{Date, Month},
    deregistration::EndReason,
    name::{Gender, NameUse, PersonName},
    roster::RosterRow,
};

/// Someone of the demonstration.
pub(super) struct Person {
    pub(super) row: RosterRow,
    /// The number of dependants who participate through this person now.
    pub(super) family: usize,
}

/// Prefix and surname. Some are there because they are hard to find or to sort.
const SURNAMES: [(&str, &str); 96] = [
    ("", "Aalbers"),
    ("", "Somers"),
    ("", "Jansen"),
    ("van de", "Ven"),
    ("", "Ørsted"),
    ("", "Wałęsa"),
    ("", "IJzerman"),
    ("", "Ypma"),
    ("", "Ĳsbrand"),
    ("in 't", "Veld"),
    ("'t", "Hart"),
    ("van 't", "Hof"),
    ("", "O'Brien"),
    ("", "D'Angelo"),
    ("", "Groß"),
    ("", "Müller"),
    ("", "Çelik"),
    ("", "Nguyễn"),
    ("", "Françoise"),
    ("", "Özdemir"),
    ("El", "Idrissi"),
    ("op den", "Kamp"),
    ("ten", "Brink"),
    ("ter", "Horst"),
    ("de", "Jong"),
    ("de", "Vries"),
    ("van den", "Berg"),
    ("van", "Dijk"),
    ("", "Bakker"),
    ("", "Visser"),
    ("", "Smit"),
    ("", "Meijer"),
    ("de", "Boer"),
    ("", "Mulder"),
    ("de", "Groot"),
    ("", "Bos"),
    ("", "Vos"),
    ("", "Peters"),
    ("", "Hendriks"),
    ("van", "Leeuwen"),
    ("", "Dekker"),
    ("", "Brouwer"),
    ("de", "Wit"),
    ("", "Dijkstra"),
    ("de", "Graaf"),
    ("van der", "Meer"),
    ("van der", "Linden"),
    ("", "Kok"),
    ("", "Jacobs"),
    ("de", "Haan"),
    ("", "Vermeulen"),
    ("van den", "Heuvel"),
    ("van der", "Veen"),
    ("van den", "Broek"),
    ("", "Schouten"),
    ("van", "Beek"),
    ("", "Willems"),
    ("van", "Vliet"),
    ("", "Hoekstra"),
    ("", "Maas"),
    ("", "Verhoeven"),
    ("", "Koster"),
    ("", "Prins"),
    ("", "Blom"),
    ("", "Huisman"),
    ("", "Kuipers"),
    ("", "Post"),
    ("", "Veenstra"),
    ("", "Kramer"),
    ("", "Scholten"),
    ("", "Postma"),
    ("", "Vink"),
    ("de", "Ruiter"),
    ("", "Timmermans"),
    ("", "Groen"),
    ("", "Gerritsen"),
    ("", "Jonker"),
    ("", "Bosch"),
    ("", "Schipper"),
    ("de", "Koning"),
    ("van der", "Laan"),
    ("", "Driessen"),
    ("", "Evers"),
    ("", "Hofman"),
    ("", "Wolters"),
    ("", "Sanders"),
    ("", "Molenaar"),
    ("", "Zijlstra"),
    ("", "Wiersma"),
    ("", "Terpstra"),
    ("", "Boonstra"),
    ("", "Zwart"),
    ("", "Lammers"),
    ("", "Roelofs"),
    ("", "Claassen"),
    ("", "Janse"),
];

/// The first people of the first contract: own name, partner's name, and which are used.
const KNOWN: [(&str, &str, &str, &str, NameUse); 8] = [
    ("", "Aalbers", "", "Somers", NameUse::N),
    ("", "Jansen", "van de", "Ven", NameUse::N),
    ("van de", "Ven", "", "Jansen", NameUse::P),
    ("", "Ørsted", "de", "Vries", NameUse::V),
    ("", "Wałęsa", "", "", NameUse::E),
    ("", "IJzerman", "van 't", "Hof", NameUse::V),
    ("", "Janse", "", "", NameUse::E),
    ("'t", "Hart", "", "IJzerman", NameUse::N),
];

const INITIALS: &[u8] = b"AAABBCDEEFGHHIJJJKLLMMMNOPRRSSTUVWYZ";

/// The numbers after the ones for testing that are set apart: 999 and six more digits, of which no one was given any.
const FIRST_BSN: u32 = 999_000_000;

/// A sequence of numbers that looks arbitrary and is always the same (SplitMix64).
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number under `limit`.
    fn under(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap_or(0)
    }

    /// True `times` out of a hundred.
    fn chance(&mut self, times: usize) -> bool {
        self.under(100) < times
    }
}

fn days_before(day: Date, days: usize) -> Date {
    day.checked_sub_days(Days::new(days as u64)).unwrap_or(day)
}

/// Adds the people of one contract: exactly `current` whose end does not lie before `today`, and `former` whose does.
pub(super) fn invent(people: &mut Vec<Person>, contract: &str, current: usize, former: usize, today: Date) {
    let seed = contract.bytes().fold(7_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut make = Maker { sequence: Sequence(seed), contract, today, born: 0, households: 0 };
    let (mut to_come, mut gone) = (current, former);
    while to_come > 0 {
        let household = make.household(to_come, false);
        to_come -= household.len();
        people.extend(household);
    }
    while gone > 0 {
        let household = make.household(gone, true);
        gone -= household.len();
        people.extend(household);
    }
    // Numbers are given out over all contracts, so that no two people share one.
    let mut bsn = people.iter().filter_map(|person| person.row.bsn.as_ref()?.expose().parse().ok()).max();
    for person in people.iter_mut().filter(|person| person.row.contract_number == contract) {
        if person.row.gender != Gender::X {
            let (next, number) = next_bsn(bsn.unwrap_or(FIRST_BSN));
            bsn = Some(next);
            person.row.bsn = number;
        }
    }
}

/// The first BSN after `after`.
/// The BSN that is given out first.
pub(super) fn bsn_of_first() -> String {
    next_bsn(FIRST_BSN).1.map(|bsn| bsn.expose().to_owned()).unwrap_or_default()
}

fn next_bsn(after: u32) -> (u32, Option<Bsn>) {
    (after + 1..after + 1_000)
        .find_map(|number| Bsn::parse(&format!("{number:09}")).ok().map(|bsn| (number, Some(bsn))))
        .unwrap_or((after, None))
}

struct Maker<'a> {
    sequence: Sequence,
    contract: &'a str,
    today: Date,
    born: usize,
    households: usize,
}

impl Maker<'_> {
    /// A main insured and up to three dependants, no more than `most` together. All of them have left, or none has.
    fn household(&mut self, most: usize, left: bool) -> Vec<Person> {
        let place = self.households;
        self.households += 1;
        let size = match self.sequence.under(20) {
            0..14 => 1,
            14..17 => 2,
            17..19 => 3,
            _ => 4,
        };
        // The first dozen have been there longest: staff of the demonstration do their work with them.
        let is_old = place < 12 && !left;
        let size = if is_old { 1 + (place % 2) * 2 } else { size }.min(most);
        let years_back = if is_old { 9 } else { self.sequence.under(10) };
        let start = self.start(years_back, left);
        let (end, reason) = self.end(start, left, is_old);
        let birth = days_before(self.today, 365 * 22 + self.sequence.under(365 * 43)).min(start);
        let mut main = self.person(place, birth, false);
        main.start_date = start;
        main.end_date = end;
        main.end_reason = reason;
        let mut household = vec![Person { row: main, family: size - 1 }];
        for dependant in 1..size {
            let Some(main) = household.first().map(|main| main.row.clone()) else { break };
            let is_child = dependant > 1;
            let born = if is_child {
                // Some children are born while the parent participates, and start on that day.
                main.birth_date.unwrap_or(start).checked_add_months(Months::new(12 * 28)).unwrap_or(start)
            } else {
                days_before(main.birth_date.unwrap_or(start), self.sequence.under(2_000))
            };
            let born = born.min(days_before(self.today, 60));
            let mut row = self.person(place, born, true);
            row.start_date = start.max(born);
            row.end_date = end;
            row.end_reason = reason;
            if end.is_some_and(|end| end < row.start_date) {
                row.birth_date = Some(start);
                row.start_date = start;
            }
            if is_child {
                row.name.prefix.clone_from(&main.name.prefix);
                row.name.surname.clone_from(&main.name.surname);
                row.name.partner_prefix.clear();
                row.name.partner_surname.clear();
                row.name.name_use = NameUse::E;
            }
            row.personnel_number.clear();
            row.email = None;
            row.main_relation_number = Some(main.relation_number);
            household.push(Person { row, family: 0 });
        }
        household
    }

    /// Mostly the first day of a month; for a few in the next two months.
    fn start(&mut self, years_back: usize, left: bool) -> Date {
        let month = Month::of(self.today);
        if !left && years_back == 0 && self.sequence.chance(12) {
            return month.plus(1 + self.sequence.under(2) as u32).first_day();
        }
        let back = years_back * 12 + self.sequence.under(11) + usize::from(left) * 2;
        let first = month.minus(back as u32).first_day();
        if self.sequence.chance(15) {
            first.checked_add_days(Days::new(self.sequence.under(27) as u64)).unwrap_or(first)
        } else {
            first
        }
        .min(days_before(self.today, if left { 62 } else { 0 }))
    }

    fn end(&mut self, start: Date, left: bool, is_old: bool) -> (Option<Date>, Option<EndReason>) {
        let reason = match self.sequence.under(20) {
            0..2 => EndReason::EindeCollectiviteit,
            2..14 => EndReason::EindeDienstverband,
            14..17 => EndReason::EindeDienstverbandObu,
            17..19 => EndReason::EindeDienstverbandWia,
            _ => EndReason::Overleden,
        };
        let month = Month::of(self.today);
        if left {
            let months = usize::try_from(Month::of(start).months_until(month)).unwrap_or(0);
            let last = month.minus(1 + self.sequence.under(months.min(48)) as u32).last_day();
            (Some(last.min(days_before(self.today, 1)).max(start)), Some(reason))
        } else if !is_old && start <= self.today && self.sequence.chance(3) {
            let reason = if reason == EndReason::Overleden { EndReason::EindeDienstverband } else { reason };
            (Some(month.plus(self.sequence.under(3) as u32).last_day()), Some(reason))
        } else {
            (None, None)
        }
    }

    fn person(&mut self, place: usize, birth: Date, is_dependant: bool) -> RosterRow {
        let known = KNOWN.get(place).filter(|_| self.contract == "23595" && !is_dependant);
        let (own, partner) = (self.surname(), self.surname());
        let name = match known {
            Some(&(prefix, surname, partner_prefix, partner_surname, name_use)) => PersonName {
                initials: self.initials(),
                prefix: prefix.to_owned(),
                surname: surname.to_owned(),
                partner_prefix: partner_prefix.to_owned(),
                partner_surname: partner_surname.to_owned(),
                name_use,
            },
            None => {
                let has_partner = self.sequence.chance(30);
                let name_use = [NameUse::E, NameUse::P, NameUse::V, NameUse::N][self.sequence.under(4)];
                PersonName {
                    initials: self.initials(),
                    prefix: own.0.to_owned(),
                    surname: own.1.to_owned(),
                    partner_prefix: if has_partner { partner.0 } else { "" }.to_owned(),
                    partner_surname: if has_partner { partner.1 } else { "" }.to_owned(),
                    name_use: if has_partner { name_use } else { NameUse::E },
                }
            }
        };
        self.born += 1;
        // The contract is part of the number, so that no two contracts give out the same.
        let relation_number = format!("{}{:04}", self.contract, self.born);
        let gender = match self.sequence.under(200) {
            0 => Gender::X,
            1..90 => Gender::M,
            _ => Gender::V,
        };
        let number = self.sequence.under(10_000_000);
        RosterRow {
            contract_number: self.contract.to_owned(),
            email: self.sequence.chance(80).then(|| format!("{relation_number}@deelnemer.example")),
            relation_number,
            bsn: None,
            name,
            birth_date: Some(birth),
            gender,
            start_date: self.today,
            end_date: None,
            end_reason: None,
            // Some have leading zeros, which a spreadsheet would lose.
            personnel_number: if self.sequence.chance(90) { format!("{number:07}") } else { String::new() },
            main_relation_number: None,
        }
    }

    fn surname(&mut self) -> (&'static str, &'static str) {
        SURNAMES[self.sequence.under(SURNAMES.len())]
    }

    fn initials(&mut self) -> String {
        let mut initials = String::new();
        for _ in 0..1 + self.sequence.under(3) {
            initials.push(char::from(INITIALS[self.sequence.under(INITIALS.len())]));
            initials.push('.');
        }
        initials
    }
}

/// Some who left the one contract went to the other without a gap, and some came back after a while.
pub(super) fn change_employers(people: &mut Vec<Person>, to: &str, from: &str, today: Date) {
    let mut again = Vec::new();
    let leavers = people.iter().filter(|person| {
        let row = &person.row;
        row.contract_number == from
            && row.main_relation_number.is_none()
            && person.family == 0
            && row.end_reason == Some(EndReason::EindeDienstverband)
            && row.end_date.is_some_and(|end| end < today)
    });
    for (place, person) in leavers.take(8).enumerate() {
        let mut row = person.row.clone();
        let Some(next) = row.end_date.and_then(|end| end.succ_opt()) else { continue };
        if place % 4 == 3 {
            row.start_date = next.checked_add_months(Months::new(3)).unwrap_or(next);
        } else {
            row.start_date = next;
            row.contract_number = to.to_owned();
        }
        row.end_date = None;
        row.end_reason = None;
        row.personnel_number = format!("{:05}", row.start_date.ordinal());
        again.push(Person { row, family: 0 });
    }
    people.append(&mut again);
}

/// People of a contract who have been there longest and have no end, main insured without a family.
pub(super) fn longest_single<'a>(people: &'a [Person], contract: &str) -> Vec<&'a Person> {
    longest(people, contract, |person| person.family == 0)
}

/// As [`longest_single`], with a family.
pub(super) fn longest_with_family<'a>(people: &'a [Person], contract: &str) -> Vec<&'a Person> {
    longest(people, contract, |person| person.family > 0)
}

fn longest<'a>(people: &'a [Person], contract: &str, is_wanted: impl Fn(&Person) -> bool) -> Vec<&'a Person> {
    let mut seen = HashSet::new();
    let mut found: Vec<&Person> = people
        .iter()
        .filter(|person| {
            let row = &person.row;
            row.contract_number == contract
                && row.main_relation_number.is_none()
                && row.end_date.is_none()
                && is_wanted(person)
                && seen.insert(&row.relation_number)
        })
        .collect();
    found.sort_by_key(|person| (person.row.start_date, &person.row.relation_number));
    found
}
