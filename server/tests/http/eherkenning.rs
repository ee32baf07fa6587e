//! Signing in with eHerkenning through a broker: forged and replayed answers, levels, faults of the broker.

use axum::http::{Method, StatusCode, header};
use collectief_domain::assurance::Demand;
use collectief_service::Limits;
use serde_json::{Value, json};

use crate::{
    fake_broker::{CLIENT, ELSEWHERE, FakeBroker, Fault, SECRET, SigningKey, sign_shared, unsigned},
    harness::{Answer, App, HR, ORIGIN, apps, apps_where, form, request},
};

/// The KvK number of the employer of contract 23595.
pub const KVK: &str = "90000011";

const KVK_CLAIM: &str = "urn:etoegang:1.9:EntityConcernedID:KvKnr";
const LEVEL: &str = "urn:etoegang:core:assurance-class:";

/// A page that nobody who was let in is sent to.
const REFUSED: &str = "/inloggen/eherkenning?reden=";

/// Servers that trust a broker, and the broker.
pub async fn with_broker(demand: Demand) -> (FakeBroker, Vec<App>) {
    with_broker_and(demand, Limits::default()).await
}

/// As [`with_broker`], with other limits.
pub async fn with_broker_and(demand: Demand, limits: Limits) -> (FakeBroker, Vec<App>) {
    let broker = FakeBroker::start().await;
    let apps = apps_where(limits, |clock| Some(broker.access(clock, demand))).await;
    for app in &apps {
        for (number, kvk) in [("23595", KVK), ("31337", "90000099")] {
            let sql = "UPDATE employer SET kvk_number = ";
            let which = format!("WHERE id = (SELECT employer_id FROM contract WHERE number = '{number}')");
            app.database.db.run_raw(&format!("{sql} '{kvk}' {which}")).await.unwrap();
        }
    }
    (broker, apps)
}

/// What a browser has when it is sent to the broker.
pub struct Begun {
    /// The cookie that it keeps.
    pub cookie: String,
    query: Vec<(String, String)>,
}

impl Begun {
    /// A value that the broker is sent.
    pub fn asked(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// The value of the broker's cookie that was set, if one was.
pub fn broker_cookie(answer: &Answer) -> Option<String> {
    answer.headers.get_all(header::SET_COOKIE).iter().find_map(|cookie| {
        let (name, value) = cookie.to_str().unwrap().split_once('=')?;
        (name == "__Host-eherkenning").then(|| value.split(';').next().unwrap().to_owned())
    })
}

/// Presses the button.
pub async fn begin(app: &App, fields: &[(&str, &str)]) -> Begun {
    let answer = app.send(form("/inloggen/eherkenning", None, fields)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let url = answer.body.split("content=\"0;url=").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let query = url.split_once('?').unwrap().1;
    let query: axum::extract::Query<Vec<(String, String)>> =
        axum::extract::Query::try_from_uri(&format!("/?{query}").parse().unwrap()).unwrap();
    Begun { cookie: broker_cookie(&answer).unwrap(), query: query.0 }
}

/// Comes back from the broker with this query.
pub async fn come_back(app: &App, cookie: Option<&str>, query: &[(&str, &str)]) -> Answer {
    let path = format!("/inloggen/eherkenning/terug?{}", crate::harness::encoded(query));
    let cookie = cookie.map(|cookie| format!("__Host-eherkenning={cookie}"));
    let mut headers = vec![(header::ACCEPT, "text/html")];
    headers.extend(cookie.as_deref().map(|cookie| (header::COOKIE, cookie)));
    app.send(request(Method::GET, &path, None, &headers, "")).await
}

/// The claims of a right token for a try.
pub fn claims(app: &App, broker: &FakeBroker, begun: &Begun) -> Value {
    let now = app.clock.millis() / 1000;
    json!({
        "iss": broker.issuer, "aud": CLIENT, "sub": "pseudoniem-1", "nonce": begun.asked("nonce"),
        "iat": now, "exp": now + 300, "acr": format!("{LEVEL}loa3"), KVK_CLAIM: KVK,
    })
}

/// A token that is signed as it should be.
pub fn signed(broker: &FakeBroker, claims: &Value) -> String {
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": broker.key.id });
    broker.key.sign(&header.to_string(), &claims.to_string())
}

/// Goes all the way with a token that `make` makes.
pub async fn go(app: &App, broker: &FakeBroker, make: impl FnOnce(&Begun) -> String) -> Answer {
    let begun = begin(app, &[]).await;
    let token = make(&begun);
    broker.grant("code-1", token, begun.asked("code_challenge"), begun.asked("redirect_uri"));
    come_back(app, Some(&begun.cookie), &[("code", "code-1"), ("state", begun.asked("state"))]).await
}

/// Nobody was let in, and this is told.
fn assert_refused(app: &App, answer: &Answer, reason: &str, what: &str) {
    let told = (answer.status, answer.header("location").to_owned());
    assert_eq!(told, (StatusCode::SEE_OTHER, format!("{REFUSED}{reason}")), "{what} on {}", app.name);
    assert!(answer.token().is_none() && broker_cookie(answer).is_none(), "{what} on {}", app.name);
}

/// The identity is believed, and no account has it yet.
fn assert_believed(app: &App, answer: &Answer, what: &str) {
    assert_eq!(answer.header("location"), "/inloggen/eherkenning/koppelen", "{what} on {}", app.name);
}

/// A way to forge a token: what becomes of its header and its claims.
type Forgery = fn(&mut Value, &mut Value);

const FORGED_CLAIMS: [(&str, &str, Forgery); 30] = [
    ("another issuer", "mislukt", |_, c| c["iss"] = json!("https://broker.example")),
    ("an issuer with a slash", "mislukt", |_, c| c["iss"] = json!(format!("{}/", c["iss"].as_str().unwrap()))),
    ("no issuer", "mislukt", |_, c| c["iss"] = Value::Null),
    ("another audience", "mislukt", |_, c| c["aud"] = json!("een-ander")),
    ("several audiences, no authorised party", "mislukt", |_, c| c["aud"] = json!([CLIENT, "een-ander"])),
    ("several audiences, ours authorised", "mislukt", |_, c| {
        c["aud"] = json!([CLIENT, "een-ander"]);
        c["azp"] = json!(CLIENT);
    }),
    ("another authorised party", "mislukt", |_, c| c["azp"] = json!("een-ander")),
    ("no audience", "mislukt", |_, c| c["aud"] = json!([])),
    ("another nonce", "mislukt", |_, c| c["nonce"] = json!("A".repeat(43))),
    ("no nonce", "mislukt", |_, c| drop(c.as_object_mut().unwrap().remove("nonce"))),
    ("expired", "mislukt", |_, c| c["exp"] = json!(c["iat"].as_i64().unwrap() - 1)),
    ("no expiry", "mislukt", |_, c| drop(c.as_object_mut().unwrap().remove("exp"))),
    ("not valid yet", "mislukt", |_, c| c["nbf"] = json!(c["iat"].as_i64().unwrap() + 3600)),
    ("valid from some word on", "mislukt", |_, c| c["nbf"] = json!("morgen")),
    ("issued in the future", "mislukt", |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() + 120)),
    ("issued long ago", "mislukt", |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() - 3600)),
    ("no subject", "mislukt", |_, c| drop(c.as_object_mut().unwrap().remove("sub"))),
    ("an empty subject", "mislukt", |_, c| c["sub"] = json!("")),
    ("no KvK number", "mislukt", |_, c| drop(c.as_object_mut().unwrap().remove(KVK_CLAIM))),
    ("a list of KvK numbers", "mislukt", |_, c| c[KVK_CLAIM] = json!([KVK])),
    ("a KvK number with a space", "mislukt", |_, c| c[KVK_CLAIM] = json!(format!("{KVK} "))),
    ("no level", "niveau", |_, c| drop(c.as_object_mut().unwrap().remove("acr"))),
    ("a list of levels", "niveau", |_, c| c["acr"] = json!([format!("{LEVEL}loa3")])),
    ("a lower level", "niveau", |_, c| c["acr"] = json!(format!("{LEVEL}loa2"))),
    ("a level in capitals", "niveau", |_, c| c["acr"] = json!(format!("{LEVEL}LOA3"))),
    ("a level with more behind it", "niveau", |_, c| c["acr"] = json!(format!("{LEVEL}loa3 {LEVEL}loa4"))),
    ("a level with a space", "niveau", |_, c| c["acr"] = json!(format!("{LEVEL}loa3 "))),
    ("an empty level", "niveau", |_, c| c["acr"] = json!("")),
    ("a critical extension", "mislukt", |h, _| h["crit"] = json!(["b64"])),
    ("a token for something else", "mislukt", |h, _| h["typ"] = json!("at+jwt")),
];

// asvs = "9.2.1, 9.2.2, 9.2.3, 10.5.1, 10.5.3, 10.5.4, 6.8.4, 6.8.1"
#[tokio::test]
async fn no_forged_token_lets_anybody_in() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        let right = go(&app, &broker, |begun| signed(&broker, &claims(&app, &broker, begun))).await;
        assert_believed(&app, &right, "a right token");
        for (what, reason, forge) in FORGED_CLAIMS {
            let answer = go(&app, &broker, |begun| {
                let mut header = json!({ "alg": "ES256", "typ": "JWT", "kid": broker.key.id });
                let mut claims = claims(&app, &broker, begun);
                forge(&mut header, &mut claims);
                broker.key.sign(&header.to_string(), &claims.to_string())
            })
            .await;
            assert_refused(&app, &answer, reason, what);
        }
        let right = go(&app, &broker, |begun| signed(&broker, &claims(&app, &broker, begun))).await;
        assert_believed(&app, &right, "a right token afterwards");
        assert_eq!(app.database.db.number("SELECT COUNT(*) FROM session").await.unwrap(), 0);
    }
}

// asvs = "9.1.1, 9.1.2, 9.1.3, 6.8.2"
#[tokio::test]
async fn no_token_with_a_wrong_signature_lets_anybody_in() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    let stranger = SigningKey::new("sleutel-1");
    for app in apps {
        let right_header = json!({ "alg": "ES256", "kid": broker.key.id }).to_string();
        let header = |alg: &str| json!({ "alg": alg, "typ": "JWT", "kid": "sleutel-1" }).to_string();
        type Make<'a> = Box<dyn Fn(&Value) -> String + 'a>;
        let with_own_key = |kid: &str, name: &str, value: Value| {
            let mut header = json!({ "alg": "ES256", "kid": kid });
            header[name] = value;
            header.to_string()
        };
        let elsewhere = json!(format!("{}{ELSEWHERE}", broker.issuer));
        let kinds: [(&str, Make<'_>); 20] = [
            ("alg none", Box::new(|c| format!("{}.", unsigned(&header("none"), &c.to_string())))),
            ("alg NONE", Box::new(|c| format!("{}.", unsigned(&header("NONE"), &c.to_string())))),
            ("the signature stripped", Box::new(|c| format!("{}.", unsigned(&right_header, &c.to_string())))),
            ("no third part", Box::new(|c| unsigned(&right_header, &c.to_string()))),
            ("a fourth part", Box::new(|c| format!("{}.x", signed(&broker, c)))),
            ("signed by another with the same key id", Box::new(|c| stranger.sign(&right_header, &c.to_string()))),
            (
                "the key of another in the header",
                Box::new(|c| stranger.sign(&with_own_key("sleutel-1", "jwk", stranger.jwk()), &c.to_string())),
            ),
            (
                "an unknown key in the header",
                Box::new(|c| stranger.sign(&with_own_key("vreemd", "jwk", stranger.jwk()), &c.to_string())),
            ),
            (
                "an address of keys in the header",
                Box::new(|c| stranger.sign(&with_own_key("sleutel-1", "jku", elsewhere.clone()), &c.to_string())),
            ),
            (
                "an address of unknown keys in the header",
                Box::new(|c| stranger.sign(&with_own_key("vreemd", "jku", elsewhere.clone()), &c.to_string())),
            ),
            (
                "HS256 with the public key",
                Box::new(|c| sign_shared(broker.key.public(), &header("HS256"), &c.to_string())),
            ),
            ("HS256 with our secret", Box::new(|c| sign_shared(SECRET.as_bytes(), &header("HS256"), &c.to_string()))),
            ("said to be RS256", Box::new(|c| broker.key.sign(&header("RS256"), &c.to_string()))),
            ("said to be ES384", Box::new(|c| broker.key.sign(&header("ES384"), &c.to_string()))),
            (
                "other claims under the signature",
                Box::new(|c| {
                    let token = signed(&broker, c);
                    let mut other = c.clone();
                    other["sub"] = json!("pseudoniem-2");
                    format!("{}.{}", unsigned(&right_header, &other.to_string()), token.rsplit('.').next().unwrap())
                }),
            ),
            (
                "a subject twice",
                Box::new(|c| {
                    let twice = c.to_string().replacen('{', "{\"sub\":\"pseudoniem-2\",", 1);
                    broker.key.sign(&right_header, &twice)
                }),
            ),
            (
                "a KvK number twice",
                Box::new(|c| {
                    let twice = c.to_string().replacen('{', &format!("{{\"{KVK_CLAIM}\":\"90000099\","), 1);
                    broker.key.sign(&right_header, &twice)
                }),
            ),
            (
                "an algorithm twice",
                Box::new(|c| broker.key.sign(&right_header.replacen('{', "{\"alg\":\"none\",", 1), &c.to_string())),
            ),
            ("no JSON", Box::new(|_| broker.key.sign(&right_header, "pseudoniem-1"))),
            ("nothing", Box::new(|_| String::new())),
        ];
        for (what, make) in kinds {
            let answer = go(&app, &broker, |begun| make(&claims(&app, &broker, begun))).await;
            assert_refused(&app, &answer, "mislukt", what);
        }
        assert_eq!(app.database.db.number("SELECT COUNT(*) FROM broker_proof").await.unwrap(), 0, "{}", app.name);
        assert_eq!(broker.asked_elsewhere(), 0, "keys come from where they were configured");
    }
}

// asvs = "10.1.2, 10.2.1, 10.2.2, 6.6.2"
#[tokio::test]
async fn an_answer_counts_once_and_only_in_the_browser_that_began() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        let (ours, theirs) = (begin(&app, &[]).await, begin(&app, &[]).await);
        let grant = |code: &str, begun: &Begun, token: String| {
            broker.grant(code, token, begun.asked("code_challenge"), begun.asked("redirect_uri"));
        };
        let token = signed(&broker, &claims(&app, &broker, &ours));
        grant("code-1", &ours, token.clone());
        let query = [("code", "code-1"), ("state", ours.asked("state"))];
        let asked = broker.tokens_asked();
        // Somebody else's browser, none, and a state that is nobody's.
        assert_refused(&app, &come_back(&app, Some(&theirs.cookie), &query).await, "verlopen", "another browser");
        assert_refused(&app, &come_back(&app, None, &query).await, "verlopen", "no browser");
        let nobody = "B".repeat(43);
        let unknown = [("code", "code-1"), ("state", nobody.as_str())];
        assert_refused(&app, &come_back(&app, Some(&ours.cookie), &unknown).await, "verlopen", "an unknown state");
        let without = come_back(&app, Some(&ours.cookie), &[("code", "code-1")]).await;
        assert_refused(&app, &without, "mislukt", "no state");
        let twice = [query[0], query[1], query[1]];
        assert_refused(&app, &come_back(&app, Some(&ours.cookie), &twice).await, "mislukt", "a state twice");
        assert_eq!(broker.tokens_asked(), asked, "no code was changed for any of them");
        // None of them used it up.
        assert_believed(&app, &come_back(&app, Some(&ours.cookie), &query).await, "the browser that began");
        grant("code-1", &ours, token.clone());
        assert_refused(&app, &come_back(&app, Some(&ours.cookie), &query).await, "verlopen", "the same once more");

        // The token of before, under another try, and the code of another try.
        grant("code-2", &theirs, token);
        let query = [("code", "code-2"), ("state", theirs.asked("state"))];
        assert_refused(&app, &come_back(&app, Some(&theirs.cookie), &query).await, "mislukt", "a token of another try");
        let (victim, thief) = (begin(&app, &[]).await, begin(&app, &[]).await);
        grant("code-3", &victim, signed(&broker, &claims(&app, &broker, &victim)));
        let query = [("code", "code-3"), ("state", thief.asked("state"))];
        assert_refused(&app, &come_back(&app, Some(&thief.cookie), &query).await, "mislukt", "a stolen code");
        // Ten minutes are the most.
        let late = begin(&app, &[]).await;
        app.clock.advance(10 * 60 * 1000);
        grant("code-4", &late, signed(&broker, &claims(&app, &broker, &late)));
        let query = [("code", "code-4"), ("state", late.asked("state"))];
        assert_refused(&app, &come_back(&app, Some(&late.cookie), &query).await, "verlopen", "too late");
        // Another broker's answer (RFC 9207), and a code twice.
        for (more, reason) in [(("iss", "https://broker.example"), "mislukt"), (("code", "code-6"), "mislukt")] {
            let mixed = begin(&app, &[]).await;
            grant("code-5", &mixed, signed(&broker, &claims(&app, &broker, &mixed)));
            let query = [("code", "code-5"), ("state", mixed.asked("state")), more];
            assert_refused(&app, &come_back(&app, Some(&mixed.cookie), &query).await, reason, more.0);
        }
    }
}

// asvs = "10.2.1, 10.2.3, 10.1.1, 6.7.2"
#[tokio::test]
async fn the_request_carries_what_protects_it_and_the_database_only_hashes() {
    let (_broker, apps) = with_broker(Demand::Loa3).await;
    for app in apps {
        let begun = begin(&app, &[("naar", "/deelnemers?pagina=2"), ("niveau", "loa2plus")]).await;
        assert_eq!(begun.asked("response_type"), "code");
        assert_eq!(begun.asked("client_id"), CLIENT);
        assert_eq!(begun.asked("code_challenge_method"), "S256");
        assert_eq!(begun.asked("redirect_uri"), format!("{ORIGIN}/inloggen/eherkenning/terug"));
        assert_eq!(begun.asked("scope"), "openid kvk");
        // A form cannot ask for less than the portal demands.
        assert_eq!(begun.asked("acr_values"), format!("{LEVEL}loa3 {LEVEL}loa4"));
        for name in ["state", "nonce", "code_challenge"] {
            assert_eq!(begun.asked(name).len(), 43, "{name}");
        }
        let higher = begin(&app, &[("niveau", "loa4")]).await;
        assert_eq!(higher.asked("acr_values"), format!("{LEVEL}loa4"));
        assert_ne!(higher.asked("nonce"), begun.asked("nonce"));
        let dump = app.database.db.text("SELECT COALESCE(MAX(wanted), '') FROM broker_try").await.unwrap();
        assert!(["/", "/deelnemers?pagina=2"].contains(&dump.as_str()), "{dump}");
        for secret in [begun.asked("state"), begun.cookie.as_str()] {
            let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
            let found = if app.database.db.is_postgres() {
                format!(
                    "SELECT COUNT(*) FROM broker_try WHERE upper(encode(state_hash, 'hex') || encode(browser_hash, 'hex')) LIKE '%{}%'",
                    hex(secret)
                )
            } else {
                format!(
                    "SELECT COUNT(*) FROM broker_try WHERE hex(state_hash) || hex(browser_hash) LIKE '%{}%'",
                    hex(secret)
                )
            };
            assert_eq!(app.database.db.number(&found).await.unwrap(), 0);
        }
    }
}

// asvs = "9.1.3, 13.2.6"
#[tokio::test]
async fn a_new_key_is_asked_for_once_and_an_unknown_one_not_again_and_again() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        let next = SigningKey::new(&format!("sleutel-{}", app.name));
        let header = json!({ "alg": "ES256", "kid": next.id }).to_string();
        go(&app, &broker, |begun| signed(&broker, &claims(&app, &broker, begun))).await;
        broker.tell_key(&next);
        let asked = broker.keys_asked();
        let answer = go(&app, &broker, |begun| next.sign(&header, &claims(&app, &broker, begun).to_string())).await;
        assert_believed(&app, &answer, "a key that was added");
        assert_eq!(broker.keys_asked(), asked + 1);
        let stranger = SigningKey::new("vreemd");
        let header = json!({ "alg": "ES256", "kid": "vreemd" }).to_string();
        for _ in 0..3 {
            let make = |begun: &Begun| stranger.sign(&header, &claims(&app, &broker, begun).to_string());
            assert_refused(&app, &go(&app, &broker, make).await, "mislukt", "an unknown key");
        }
        assert_eq!(broker.keys_asked(), asked + 1, "the broker is not bothered by whoever sends unknown keys");
    }
}

#[tokio::test]
async fn everybody_who_signs_in_while_the_broker_changes_its_key_comes_in() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        go(&app, &broker, |begun| signed(&broker, &claims(&app, &broker, begun))).await;
        let next = SigningKey::new(&format!("sleutel-{}", app.name));
        let header = json!({ "alg": "ES256", "kid": next.id }).to_string();
        broker.tell_key(&next);
        let asked = broker.keys_asked();
        broker.wait_for(2);
        let (first, second) = (begin(&app, &[]).await, begin(&app, &[]).await);
        for (code, begun) in [("code-1", &first), ("code-2", &second)] {
            let token = next.sign(&header, &claims(&app, &broker, begun).to_string());
            broker.grant(code, token, begun.asked("code_challenge"), begun.asked("redirect_uri"));
        }
        let queries = [
            [("code", "code-1"), ("state", first.asked("state"))],
            [("code", "code-2"), ("state", second.asked("state"))],
        ];
        let (first, second) = tokio::join!(
            come_back(&app, Some(&first.cookie), &queries[0]),
            come_back(&app, Some(&second.cookie), &queries[1]),
        );
        broker.wait_for(1);
        assert_believed(&app, &first, "the first with the new key");
        assert_believed(&app, &second, "the second with the new key");
        assert_eq!(broker.keys_asked(), asked + 1, "{}", app.name);
    }
}

// asvs = "16.5.1, 16.5.2"
#[tokio::test]
async fn what_goes_wrong_at_the_broker_is_told_in_our_words() {
    let (_, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        for (error, reason) in [
            ("access_denied", "gestopt"),
            ("server_error", "storing"),
            ("temporarily_unavailable", "storing"),
            ("login_required", "mislukt"),
            ("unmet_authentication_requirements", "niveau"),
            ("<script>alert(1)</script>", "mislukt"),
        ] {
            let begun = begin(&app, &[]).await;
            let said = "<img src=x onerror=alert(1)> hr@linde.example";
            let query = [("error", error), ("error_description", said), ("state", begun.asked("state"))];
            let answer = come_back(&app, Some(&begun.cookie), &query).await;
            assert_refused(&app, &answer, reason, error);
            let page = app.get(answer.header("location"), None).await;
            assert!(!page.body.contains("onerror") && !page.body.contains(HR), "{error}");
            // An error of the broker's counts once as well, and only with the state.
            assert_refused(&app, &come_back(&app, Some(&begun.cookie), &query).await, "verlopen", error);
        }
        // Whoever was asked for more reads what was asked, not what they may well have.
        let begun = begin(&app, &[("niveau", "loa4")]).await;
        let query = [("error", "unmet_authentication_requirements"), ("state", begun.asked("state"))];
        let answer = come_back(&app, Some(&begun.cookie), &query).await;
        assert_refused(&app, &answer, "niveau&niveau=loa4", "a level for a contract");
        assert!(app.get(answer.header("location"), None).await.body.contains("niveau eH4 of hoger"));
        for (reason, status, words) in [
            ("gestopt", StatusCode::OK, "U bent niet ingelogd"),
            ("verlopen", StatusCode::UNPROCESSABLE_ENTITY, "Het duurde te lang"),
            ("niveau", StatusCode::FORBIDDEN, "niveau eH2+ of hoger"),
            ("storing", StatusCode::SERVICE_UNAVAILABLE, "nu niet bereikbaar"),
            ("iets anders", StatusCode::SEE_OTHER, ""),
        ] {
            let page = app.get(&format!("{REFUSED}{}", reason.replace(' ', "+")), None).await;
            assert_eq!(page.status, status, "{reason}");
            assert!(page.body.contains(words), "{reason}: {}", page.body);
        }
    }
    // A broker that cannot be reached from the start.
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        broker.set_fault(Some(Fault::Status(503)));
        let answer = app.send(form("/inloggen/eherkenning", None, &[])).await;
        assert_eq!(answer.header("location"), format!("{REFUSED}storing"));
        assert_eq!(app.database.db.number("SELECT COUNT(*) FROM broker_try").await.unwrap(), 0);
        app.portal.audit().flush().await;
        let logged = "SELECT COUNT(*) FROM access_log WHERE event = 'broker_refused'";
        assert_eq!(app.database.db.number(logged).await.unwrap(), 1);
    }
}

// asvs = "15.3.2, 16.5.2"
#[tokio::test]
async fn a_broker_that_fails_when_it_gets_the_code_lets_nobody_in_and_sends_the_code_nowhere_else() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        for (fault, what, reason) in [
            (Fault::Status(500), "a fault", "storing"),
            (Fault::Status(401), "our secret is not accepted", "storing"),
            (Fault::Endless, "an answer without end", "storing"),
            (Fault::Elsewhere, "a redirect", "mislukt"),
            (Fault::Nonsense, "no JSON", "mislukt"),
        ] {
            let begun = begin(&app, &[]).await;
            let token = signed(&broker, &claims(&app, &broker, &begun));
            broker.grant("code-1", token, begun.asked("code_challenge"), begun.asked("redirect_uri"));
            let asked = broker.tokens_asked();
            broker.set_fault(Some(fault));
            let query = [("code", "code-1"), ("state", begun.asked("state"))];
            let answer = come_back(&app, Some(&begun.cookie), &query).await;
            broker.set_fault(None);
            assert_refused(&app, &answer, reason, what);
            assert_eq!(broker.tokens_asked(), asked + 1, "{what}: the code was brought, once");
        }
        assert_eq!(broker.asked_elsewhere(), 0, "no redirect is followed");
        let right = go(&app, &broker, |begun| signed(&broker, &claims(&app, &broker, begun))).await;
        assert_believed(&app, &right, "a right token afterwards");
    }
}

// asvs = "15.2.3"
#[tokio::test]
async fn without_a_broker_there_is_nothing() {
    for app in apps().await {
        assert!(!app.get("/inloggen", None).await.body.contains("eHerkenning"));
        assert_eq!(app.send(form("/inloggen/eherkenning", None, &[])).await.status, StatusCode::NOT_FOUND);
        assert_eq!(come_back(&app, None, &[("state", "x")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get("/inloggen/eherkenning?reden=niveau", None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get("/inloggen/eherkenning/koppelen", None).await.status, StatusCode::NOT_FOUND);
    }
}
