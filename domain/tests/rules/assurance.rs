//! Levels of eHerkenning: what is demanded, and what is enough.

use collectief_domain::assurance::{
    AssuranceLevel::{self, Loa1, Loa2, Loa2Plus, Loa3, Loa4},
    BrokerRefusal, Demand, LevelNames,
};

// asvs = "6.8.4"
#[test]
fn every_level_is_decided_for_every_demand() {
    for (level, for_portal, for_loa3, for_loa4) in [
        (Loa1, false, false, false),
        (Loa2, false, false, false),
        (Loa2Plus, true, false, false),
        (Loa3, true, true, false),
        (Loa4, true, true, true),
    ] {
        let decided = Demand::ALL.map(|demand| demand.is_met_by(Some(level)));
        assert_eq!(decided, [for_portal, for_loa3, for_loa4], "{level:?}");
    }
    assert_eq!(Demand::ALL.map(|demand| demand.is_met_by(None)), [false; 3], "a password is no level");
}

// asvs = "6.8.4"
#[test]
fn a_level_is_known_by_its_exact_name_alone() {
    let names = LevelNames::default();
    for level in AssuranceLevel::ALL {
        let name = format!("urn:etoegang:core:assurance-class:{}", level.code());
        assert_eq!(names.level_of(&name), Some(level));
        for alike in [
            name.to_uppercase(),
            format!("{name} "),
            format!(" {name}"),
            format!("{name}\n"),
            format!("{name}plus"),
            name.replace("core", "Core"),
            name.replace('l', "\u{217c}"),
            format!("{name},{name}"),
            level.code().to_owned(),
        ] {
            // With more behind it, the name of eH2 is that of eH2+.
            let expected = (alike == "urn:etoegang:core:assurance-class:loa2plus").then_some(Loa2Plus);
            assert_eq!(names.level_of(&alike), expected, "{alike:?}");
        }
    }
    assert_eq!(names.level_of(""), None);
}

#[test]
fn what_a_broker_calls_the_levels_is_read_whole_or_not_at_all() {
    let names = LevelNames::parse("loa3=substantial, loa2plus=eh2plus,loa4=high,loa2=low").unwrap();
    assert_eq!(names.level_of("substantial"), Some(Loa3));
    assert_eq!(names.level_of("eh2plus"), Some(Loa2Plus));
    assert_eq!(names.level_of("Substantial"), None);
    assert_eq!(names.meeting(Demand::Loa2Plus), ["eh2plus", "substantial", "high"]);
    assert_eq!(names.meeting(Demand::Loa3), ["substantial", "high"]);
    assert_eq!(names.meeting(Demand::Loa4), ["high"]);
    for wrong in ["", "loa3", "loa3=", "loa5=x", "loa3=x,loa4=x", "loa3=a b", "loa1=a,loa2=b", "loa3=x,"] {
        assert_eq!(LevelNames::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn every_refusal_has_a_word_of_its_own() {
    for refusal in BrokerRefusal::ALL {
        assert_eq!(BrokerRefusal::from_code(refusal.code()), Some(refusal));
    }
    for demand in Demand::ALL {
        assert_eq!(Demand::from_code(demand.code()), Some(demand));
        assert_eq!(AssuranceLevel::from_code(demand.code()).map(AssuranceLevel::code), Some(demand.code()));
    }
    assert_eq!(Demand::from_code("loa2"), None, "that little cannot be demanded");
}
