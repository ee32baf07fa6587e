//! The access log over HTTP: what is found in it, its files, and the check of its chain. ASVS 14.2.1, 16.2.1, 16.4.2.

use axum::http::StatusCode;

use crate::{
    back_office::{desk, security},
    harness::{HR, OTHER, apps},
};

const LOG: &str = "/beheer/toegangslog";

// asvs = "16.2.1, 16.2.4, 1.2.10"
#[tokio::test]
async fn the_log_says_who_saw_what_and_is_filtered_paged_and_exported() {
    for app in apps().await {
        let security = security(&app).await;
        let hr = app.sign_in(HR).await;
        let (id, _) = app.participation("10000001").await;
        for _ in 0..60 {
            app.get(&format!("/deelnemers/{id}"), Some(&hr)).await;
        }
        app.get("/deelnemers?contract=31337", Some(&app.sign_in(OTHER).await)).await;
        app.portal.audit().flush().await;

        let all = app.get("/beheer/toegangslog", Some(&security)).await;
        assert!(
            all.body.contains("Lijst met deelnemers bekeken") && all.body.contains("Medewerker hr"),
            "{}",
            all.body
        );
        let one =
            app.get("/beheer/toegangslog?relatienummer=10000001&gebeurtenis=participant_viewed", Some(&security)).await;
        let lines = |body: &str| body.matches("<th scope=\"row\">Deelnemer bekeken").count();
        assert_eq!(lines(&one.body), 50, "{}: {}", app.name, one.body);
        let older = one.body.split("rel=\"next\" href=\"").nth(1).unwrap();
        let older = older[..older.find('"').unwrap()].replace("&amp;", "&");
        let next = app.get(&older, Some(&security)).await;
        assert_eq!(lines(&next.body), 10, "{older}: {}", next.body);
        for (filter, found) in [
            ("van=1-11-2026&tot=1-11-2026", true),
            ("van=2-11-2026", false),
            ("tot=31-10-2026", false),
            ("contract=23595&gebeurtenis=participant_viewed", true),
            ("contract=24001&gebeurtenis=participant_viewed", false),
            ("contract=99999", false),
            ("account=hr@linde.example&gebeurtenis=participant_viewed", true),
            ("account=niemand@x.example", false),
        ] {
            let page = app.get(&format!("/beheer/toegangslog?{filter}"), Some(&security)).await;
            assert_eq!(page.status, StatusCode::OK);
            assert_eq!(lines(&page.body) > 0, found, "{filter} on {}: {}", app.name, page.body);
        }
        let wrong = app.get("/beheer/toegangslog?van=32-1-2026&gebeurtenis=x", Some(&security)).await;
        assert!(wrong.body.contains("<title>Fout:"), "{}", wrong.body);

        // The filter is posted, and goes on to its address.
        let posted = |fields: &'static [(&str, &str)]| app.post_form(LOG, Some(&security), fields);
        let way = posted(&[("van", "1-11-2026"), ("relatienummer", "10000001"), ("account", "")]).await;
        assert_eq!(way.status, StatusCode::SEE_OTHER);
        assert_eq!(way.header("location"), format!("{LOG}?van=1-11-2026&relatienummer=10000001"), "{}", app.name);

        let csv = app.get("/beheer/toegangslog.csv?gebeurtenis=participant_viewed", Some(&security)).await;
        assert_eq!(csv.body.lines().count(), 61, "{}", csv.body);
        assert!(csv.body.contains("Wie;") && csv.body.contains(";10000001;"), "{}", csv.body);
        let excel = app.get("/beheer/toegangslog.xlsx", Some(&security)).await;
        assert!(
            excel.status == StatusCode::OK
                && excel.header("content-disposition").contains("toegangslog-2026-11-01.xlsx")
        );
        assert_eq!(app.logged("exported").await, 2);
        assert!(app.logged("access_log_viewed").await >= 10, "looking in the log is in the log");
    }
}

// asvs = "14.2.1"
#[tokio::test]
async fn a_bsn_comes_into_no_address_of_the_log() {
    for app in apps().await {
        let security = security(&app).await;
        let hr = app.sign_in(HR).await;
        app.database
            .db
            .run_raw("UPDATE person SET relation_number = '111222333' WHERE relation_number = '10000001'")
            .await
            .unwrap();
        let (id, _) = app.participation("10000001").await;
        for _ in 0..60 {
            app.get(&format!("/deelnemers/{id}"), Some(&hr)).await;
        }
        let viewed = usize::try_from(app.logged("participant_viewed").await).unwrap();
        let lines = |body: &str| body.matches("<th scope=\"row\">Deelnemer bekeken").count();
        let no_link = |body: &str| {
            let links = body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
            !links.into_iter().any(|link| link.contains("111222333") || link.starts_with(&format!("{LOG}.")))
        };
        // These rows are told in the answer itself, and gone on to by posting again.
        let fields = [("relatienummer", "111222333"), ("gebeurtenis", "participant_viewed")];
        let first = app.post_form(LOG, Some(&security), &fields).await;
        assert_eq!((first.status, lines(&first.body)), (StatusCode::OK, 50), "{}: {}", app.name, first.body);
        assert!(no_link(&first.body) && first.body.contains("een BSN kan zijn"), "{}", first.body);
        let voor = first.body.split("name=\"voor\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let older = app.post_form(LOG, Some(&security), &[fields[0], fields[1], ("voor", voor)]).await;
        assert_eq!(lines(&older.body), viewed - 50, "{}: {}", app.name, older.body);
        // Following the chain keeps the filter.
        let checked = app.post_form(LOG, Some(&security), &[fields[0], fields[1], ("actie", "controleren")]).await;
        assert!(checked.body.contains("Het log is heel") && lines(&checked.body) == 50, "{}", checked.body);
        assert!(no_link(&checked.body));
        // An address that somebody made by hand leads to no file: that would hold the rows of others.
        for field in ["relatienummer", "account", "contract"] {
            let file = app.get(&format!("{LOG}.csv?{field}=111222333"), Some(&security)).await;
            assert_eq!(file.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} on {}", app.name);
        }
        assert_eq!(app.logged("exported").await, 0);
    }
}

// asvs = "16.4.2"
#[tokio::test]
async fn a_log_that_was_tampered_with_is_told_by_its_first_row() {
    for app in apps().await {
        let security = security(&app).await;
        let check = async || app.post_form("/beheer/toegangslog", Some(&security), &[("actie", "controleren")]).await;
        let whole = check().await;
        assert!(whole.body.contains("Het log is heel"), "{}: {}", app.name, whole.body);
        app.database.db.run_raw("UPDATE access_log SET actor_name = 'Iemand anders' WHERE id = 3").await.unwrap();
        let broken = check().await;
        assert!(
            broken.body.contains("Het log is niet heel") && broken.body.contains("regel 3 is de eerste"),
            "{}",
            broken.body
        );
        assert_eq!(app.logged("access_log_verified").await, 2);
        let desk = desk(&app).await;
        let answer = app.post_form("/beheer/toegangslog", Some(&desk), &[("actie", "controleren")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
