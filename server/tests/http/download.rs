//! Downloads hold what their page shows, or everybody, and BSNs only where they are asked for and allowed.

use axum::http::StatusCode;

use crate::harness::{BOTH, FINANCE, HR, apps};

// asvs = "5.4.1, 5.4.2"
#[tokio::test]
async fn a_file_has_whom_the_filter_shows_or_everybody() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let filtered = app.get("/deelnemers.csv?achternaam=ven", Some(&token)).await;
        assert_eq!(filtered.status, StatusCode::OK);
        assert_eq!(filtered.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(filtered.body.lines().count(), 2, "{}", filtered.body);
        assert!(filtered.body.contains("10000003"));
        assert!(!filtered.body.contains("BSN"));
        let everybody = app.get("/deelnemers.csv?achternaam=ven&pagina=2&volledig=ja", Some(&token)).await;
        assert_eq!(everybody.body.lines().count(), 31);
        let former = app.get("/oud-deelnemers.csv", Some(&token)).await;
        assert!(former.body.contains("10000004") && former.body.contains("Einde dienstverband"));
        assert_eq!(former.body.lines().count(), 2);
        let flow = app.get("/in-en-uitstroom.csv?van=2025-12&tot=2025-12", Some(&token)).await;
        assert_eq!(flow.body.lines().count(), 2, "{}", flow.body);
        assert!(flow.body.contains("Uit;23595"));
        let usage = app.get("/contractgebruik.csv?maanden=3", Some(&token)).await;
        assert_eq!(usage.body.lines().count(), 4, "{}", usage.body);
        let excel = app.get("/deelnemers.xlsx", Some(&token)).await;
        assert!(excel.body.starts_with("PK"));
        assert_eq!(
            excel.header("content-disposition"),
            "attachment; filename*=UTF-8''deelnemers-23595-2026-11-01.xlsx"
        );
    }
}

// asvs = "8.2.3, 14.2.1, 14.2.6"
#[tokio::test]
async fn bsns_are_in_a_file_only_when_asked_for_and_allowed_and_never_in_its_address() {
    for app in apps().await {
        let token = app.sign_in(BOTH).await;
        let without = app.get("/deelnemers.csv?contract=23595", Some(&token)).await;
        assert!(!without.body.contains("123456782"));
        let with = app.get("/deelnemers.csv?contract=23595&bsn=ja", Some(&token)).await;
        assert!(with.body.contains("123456782") && with.body.contains(";BSN;"));
        let logged = "SELECT count(*) FROM access_log WHERE event = 'exported_with_bsn'";
        assert_eq!(app.database.db.number(logged).await.unwrap(), 1);
        let refused = app.get("/deelnemers.csv?contract=24001&bsn=ja", Some(&token)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        // A list that was found by BSN has no address, so a file of it cannot be asked for either.
        let by_bsn = app.get("/deelnemers.csv?contract=23595&zoek=123456782", Some(&token)).await;
        assert_eq!(by_bsn.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = app.get("/deelnemers.csv?geboortedatum=31-02-2020", Some(&token)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let foreign = app.get("/deelnemers.csv?contract=31337", Some(&token)).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let finance = app.sign_in(FINANCE).await;
        assert_eq!(app.get("/deelnemers.csv", Some(&finance)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.get("/deelnemers.csv", None).await.status, StatusCode::SEE_OTHER);
    }
}
