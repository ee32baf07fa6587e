//! The people of the histories, all invented. They come back again and again, at every contract, with the same BSN.

use collectief_domain::{
    date::{Date, format_dutch},
    enrolment::AnswerForm,
};

use crate::fixture::day;

/// Somebody invented.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) initials: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) surname: &'static str,
    pub(crate) gender: &'static str,
    pub(crate) birth: Date,
    /// Empty for who has none.
    pub(crate) bsn: String,
}

/// Initials, prefix, surname and gender.
const NAMES: [(&str, &str, &str, &str); 30] = [
    ("A.B.", "", "Adema", "V"),
    ("B.", "van", "Bakel", "M"),
    ("C.", "", "Coster", "X"),
    ("D.E.", "de", "Dijk", "V"),
    ("E.", "", "Egberts", "M"),
    ("F.", "", "Faber", "V"),
    ("G.", "van de", "Graaf", "M"),
    ("H.J.", "", "Hofman", "V"),
    ("I.", "", "IJzerman", "M"),
    ("J.", "", "Jager", "V"),
    ("K.", "ter", "Kuile", "M"),
    ("L.", "", "Linden", "V"),
    ("M.", "", "Mulder", "M"),
    ("N.", "", "Nauta", "V"),
    ("O.", "", "Ørsted", "M"),
    ("P.", "'t", "Pad", "V"),
    ("Q.", "", "Quist", "M"),
    ("R.", "", "Ruiter", "V"),
    ("S.", "", "Sanders", "M"),
    ("T.", "", "Terpstra", "V"),
    ("U.", "", "Uyl", "M"),
    ("V.", "van", "Veen", "V"),
    ("W.", "", "Wouda", "M"),
    ("X.", "", "Xavier", "V"),
    ("Y.", "", "Ypma", "M"),
    ("Z.", "", "Zeestra", "V"),
    ("A.", "", "Aalbers", "M"),
    ("B.", "", "Boon", "V"),
    ("C.", "", "Citroen", "M"),
    ("C.", "", "Citroen", "M"),
];

/// From here on they are children.
pub(crate) const CHILDREN: usize = 24;

/// From here on nobody has a BSN.
const WITHOUT_BSN: usize = 27;

/// Twins without a BSN, of whom nothing tells which is which.
pub(crate) const TWINS: [usize; 2] = [28, 29];

/// A BSN of its own for each number.
fn bsn(number: u32) -> String {
    let mut first = 20_000_000 + number * 97;
    loop {
        let digits = first.to_string();
        let weighed = digits.bytes().zip([9, 8, 7, 6, 5, 4, 3, 2]).map(|(digit, by)| u32::from(digit - b'0') * by);
        let last = weighed.sum::<u32>() % 11;
        if last < 10 {
            return format!("{digits}{last}");
        }
        first += 1;
    }
}

/// Everybody, always the same.
pub(crate) fn people() -> Vec<Person> {
    let born = |place: usize| {
        // The twins are born on one day.
        let place = if place == TWINS[1] { TWINS[0] } else { place };
        let year = if place < CHILDREN { 1950 + place * 7 % 50 } else { 2010 + place % 12 };
        day(year as i32, 1 + (place % 12) as u32, 1 + (place % 28) as u32)
    };
    let person = |(place, (initials, prefix, surname, gender)): (usize, (_, _, _, _))| Person {
        initials,
        prefix,
        surname,
        gender,
        birth: born(place),
        bsn: if place < WITHOUT_BSN { bsn(place as u32) } else { String::new() },
    };
    NAMES.into_iter().enumerate().map(person).collect()
}

impl Person {
    /// As the history is told.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.initials, self.surname)
    }

    /// Fills in the personal details of a form.
    pub(crate) fn fill(&self, form: &mut AnswerForm) {
        self.initials.clone_into(&mut form.voorletters);
        self.prefix.clone_into(&mut form.voorvoegsel);
        self.surname.clone_into(&mut form.achternaam);
        self.gender.clone_into(&mut form.geslacht);
        self.bsn.clone_into(&mut form.bsn);
        form.geboortedatum = format_dutch(self.birth);
        form.geen_bsn = if self.bsn.is_empty() { "ja" } else { "" }.to_owned();
    }
}
