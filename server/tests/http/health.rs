//! Whether it lives, whether it can serve, and security.txt.

use axum::http::StatusCode;

use crate::harness::apps;

// asvs = "16.5.2"
#[tokio::test]
async fn it_lives_and_is_ready_as_long_as_its_database_is() {
    for app in apps().await {
        assert_eq!(app.get("/healthz", None).await.status, StatusCode::OK);
        assert_eq!(app.get("/readyz", None).await.status, StatusCode::OK);
        app.database.db.run_raw("DELETE FROM schema_step").await.unwrap();
        assert_eq!(app.get("/readyz", None).await.status, StatusCode::SERVICE_UNAVAILABLE, "{}", app.name);
        app.database.db.close().await.unwrap();
        assert_eq!(app.get("/readyz", None).await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(app.get("/healthz", None).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn security_txt_says_until_when_it_holds() {
    for app in apps().await {
        let answer = app.get("/.well-known/security.txt", None).await;
        assert_eq!(
            answer.body,
            "Contact: mailto:veiligheid@collectief.example\nExpires: 2027-04-30T00:00:00Z\nPreferred-Languages: nl, en\n"
        );
    }
}

// asvs = "16.5.1, 16.5.4"
#[tokio::test]
async fn a_fault_of_ours_shows_its_number_and_nothing_else() {
    for app in apps().await {
        let token = app.sign_in(crate::harness::HR).await;
        app.database.db.close().await.unwrap();
        let answer = app.get("/deelnemers?achternaam=geheimenaam", Some(&token)).await;
        assert!(answer.status.is_server_error(), "{}", answer.status);
        assert!(answer.body.contains(answer.header("x-request-id")), "{}", answer.body);
        for word in ["sqlx", "database", "pool", "geheimenaam", "SELECT"] {
            assert!(!answer.body.contains(word), "{word}");
        }
    }
}
