//! What somebody may be known by, and what is read of the forms of "Mijn gegevens" (PRODUCT.md A11).

use collectief_domain::{
    account::LinkPurpose,
    actor::Language,
    device::{Browser, Device, System},
    field::FieldCode,
    own_details::{Deed, DetailsForm, DetailsView, Done, check_telephone, confirmed},
    reminder::{ReminderMode, ReminderWishes},
};
use proptest::prelude::*;

#[test]
fn telephone_numbers_are_taken_as_people_write_them() {
    for good in
        ["", "0301234567", "030 123 45 67", "030-1234567", "(030) 123.45.67", "+31 30 123 45 67", "+49 (0)30 12345678"]
    {
        assert_eq!(check_telephone(good), Ok(()), "{good}");
    }
    for bad in [
        "12345",
        "030 123",
        "bel mij",
        "030 123 45 67 toestel 4",
        "030+1234567",
        "++31301234567",
        "+",
        "1234567890123456",
        "0301234567\r\nBcc: x@y",
        "٠٣٠١٢٣٤٥٦٧",
    ] {
        assert_eq!(check_telephone(bad), Err(FieldCode::NotAPhone), "{bad}");
    }
    assert_eq!(check_telephone(&"030 ".repeat(8)), Err(FieldCode::TooLong { max: 30 }));
}

fn details(naam: &str, telefoon: &str, taal: &str) -> DetailsForm {
    DetailsForm {
        naam: naam.to_owned(),
        telefoon: telefoon.to_owned(),
        taal: taal.to_owned(),
        ..DetailsForm::default()
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let form = details("  Sanne de Vries ", " 030 123 45 67 ", "en");
    let parsed = form.parse_details().unwrap();
    assert_eq!((parsed.name, parsed.telephone, parsed.language), ("Sanne de Vries", "030 123 45 67", Language::En));
    let errors = details("a\r\nBcc: x@y", "geen", "de").parse_details().unwrap_err();
    assert_eq!(errors.on("naam"), Some(FieldCode::ForbiddenCharacter));
    assert_eq!(errors.on("telefoon"), Some(FieldCode::NotAPhone));
    assert_eq!(errors.on("taal"), Some(FieldCode::UnknownChoice));

    let errors = DetailsForm::default().parse_email().unwrap_err();
    assert_eq!(errors.on("email"), Some(FieldCode::Required));
    assert_eq!(errors.on("wachtwoord_bij_email"), Some(FieldCode::Required));
    let errors = DetailsForm::default().check_passwords().unwrap_err();
    assert_eq!(errors.on("huidig_wachtwoord"), Some(FieldCode::Required));
    assert_eq!(errors.on("nieuw_wachtwoord"), Some(FieldCode::Required));
    let long =
        DetailsForm { huidig_wachtwoord: "a".repeat(2000), nieuw_wachtwoord: "b".into(), ..DetailsForm::default() };
    assert_eq!(long.check_passwords().unwrap_err().on("huidig_wachtwoord"), Some(FieldCode::TooLong { max: 256 }));
}

#[test]
fn an_address_is_one_address() {
    for (typed, expected) in [
        ("", Err(FieldCode::Required)),
        ("ans", Err(FieldCode::NotAnEmail)),
        ("ans@linde.example\r\nBcc: x@y.example", Err(FieldCode::NotAnEmail)),
        ("ans@linde.example, x@y.example", Err(FieldCode::NotAnEmail)),
        ("ans@linde.example ", Ok("ans@linde.example")),
    ] {
        let form = DetailsForm {
            email: typed.to_owned(),
            wachtwoord_bij_email: "x".to_owned(),
            herinneringen: typed.to_owned(),
            ..DetailsForm::default()
        };
        let found = form.parse_email().map_err(|errors| errors.on("email").unwrap());
        assert_eq!(found, expected, "{typed:?}");
        // No address at all is one's own.
        let found = form.parse_reminders().map_err(|errors| errors.on("herinneringen").unwrap());
        assert_eq!(found, if typed.is_empty() { Ok(None) } else { expected.map(Some) }, "{typed:?}");
    }
}

#[test]
fn no_password_is_shown_again_or_printed() {
    let secret = || "een lang wachtwoord".to_owned();
    let form = DetailsForm {
        naam: "Sanne".to_owned(),
        wachtwoord_bij_email: secret(),
        huidig_wachtwoord: secret(),
        nieuw_wachtwoord: secret(),
        ..DetailsForm::default()
    };
    assert_eq!(format!("{form:?}"), "DetailsForm");
    let again = form.without_passwords();
    assert_eq!(again, DetailsForm { naam: "Sanne".to_owned(), ..DetailsForm::default() });
}

#[test]
fn the_fields_show_what_is_stored() {
    let view = DetailsView {
        name: "Sanne".to_owned(),
        telephone: String::new(),
        language: Language::En,
        email: "sanne@linde.example".to_owned(),
        pending_email: None,
        reminders: Some("hr@linde.example".to_owned()),
        pending_reminders: None,
        wishes: ReminderWishes { mode: ReminderMode::Daily, ..ReminderWishes::default() },
        is_reminded: true,
        fewest: 15,
        has_second_factor: false,
        sessions: Vec::new(),
    };
    let form = view.form();
    assert_eq!((form.naam.as_str(), form.taal.as_str()), ("Sanne", "en"));
    assert_eq!((form.herinneringen.as_str(), form.email.as_str()), ("hr@linde.example", ""));
    assert_eq!(form.parse_details().unwrap().language, Language::En);
    assert_eq!((form.hoe.as_str(), form.vervanger.as_str()), ("dagelijks", ""));
}

#[test]
fn words_in_addresses_are_read_back() {
    for deed in Deed::ALL {
        assert_eq!(Deed::from_code(deed.code()), Some(deed));
    }
    for done in Done::ALL {
        assert_eq!(Done::from_code(done.code()), Some(done));
    }
    assert_eq!((Deed::from_code(""), Done::from_code("x")), (None, None));
    for purpose in LinkPurpose::ALL {
        assert_eq!(confirmed(purpose).is_some(), purpose.confirms_address(), "{purpose:?}");
    }
}

#[test]
fn a_device_is_told_in_the_words_that_people_know() {
    let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";
    let cases: &[(&str, Option<Browser>, Option<System>)] = &[
        (windows, Some(Browser::Chrome), Some(System::Windows)),
        (&format!("{windows} Edg/143.0.0.0"), Some(Browser::Edge), Some(System::Windows)),
        (&format!("{windows} OPR/124.0.0.0"), Some(Browser::Opera), Some(System::Windows)),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
            Some(Browser::Firefox),
            Some(System::Linux),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            Some(Browser::Safari),
            Some(System::MacOs),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/143.0 Mobile/15E148 Safari/604.1",
            Some(Browser::Chrome),
            Some(System::IPhone),
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1",
            Some(Browser::Safari),
            Some(System::IPad),
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
            Some(Browser::Samsung),
            Some(System::Android),
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
            Some(Browser::Chrome),
            Some(System::ChromeOs),
        ),
        ("curl/8.5.0", None, None),
        ("", None, None),
        ("<script>alert(1)</script> Windows", None, Some(System::Windows)),
    ];
    for (text, browser, system) in cases {
        assert_eq!(Device::of(text), Device { browser: *browser, system: *system }, "{text}");
    }
}

proptest! {
    /// Whatever a browser says it is, what is shown are our own words.
    #[test]
    fn nothing_that_a_browser_says_is_shown(text in ".{0,300}") {
        let device = Device::of(&text);
        let shown = [device.browser.map(Browser::name), device.system.map(System::name)];
        prop_assert!(shown.iter().flatten().all(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ')));
    }
}
