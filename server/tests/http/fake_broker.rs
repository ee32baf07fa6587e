//! A broker that gives whatever token a test wants, and otherwise does what a provider must: it checks the portal's
//! secret, the code, its single use, the address to go back to and the code verifier.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use collectief::broker::{BrokerSettings, OidcBroker};
use collectief_domain::assurance::{Demand, LevelNames};
use collectief_service::{broker::BrokerAccess, clock::Clock};
use ring::{
    digest, hmac, rand as system,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use tokio::sync::Barrier;

/// What the broker knows the portal by.
pub const CLIENT: &str = "portaal";
/// The secret that goes with it; it holds what must be encoded in a header.
pub const SECRET: &str = "geheim: van/het+portaal%";

/// Where nothing must ever be asked.
pub const ELSEWHERE: &str = "/elders";

/// A key to sign with.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    /// What the broker calls it.
    pub id: String,
}

impl SigningKey {
    /// A fresh key.
    pub fn new(id: &str) -> Self {
        let random = system::SystemRandom::new();
        let stored = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, stored.as_ref(), &random).unwrap();
        Self { pair, id: id.to_owned() }
    }

    /// Its public half, as bytes.
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Its public half, as a broker tells it.
    pub fn jwk(&self) -> Value {
        let (x, y) = self.public()[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// A token of these parts, which need not be JSON.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let text = unsigned(header, claims);
        let signature = self.pair.sign(&system::SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The first two parts of a token.
pub fn unsigned(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// A token that is signed with a shared secret.
pub fn sign_shared(secret: &[u8], header: &str, claims: &str) -> String {
    let text = unsigned(header, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// What a code is good for.
struct Grant {
    token: String,
    challenge: String,
    return_to: String,
}

/// How the broker behaves.
#[derive(Default)]
struct Behaviour {
    grants: HashMap<String, Grant>,
    keys: Vec<Value>,
    keys_asked: usize,
    tokens_asked: usize,
    asked_elsewhere: usize,
    fault: Option<Fault>,
    together: Option<Arc<Barrier>>,
    token_endpoint: Option<String>,
}

/// A fault of the broker.
#[derive(Clone, Copy)]
pub enum Fault {
    /// It answers with this status.
    Status(u16),
    /// It answers with more than anybody wants.
    Endless,
    /// It answers with something else than JSON.
    Nonsense,
    /// It sends the request elsewhere, with all that is in it.
    Elsewhere,
}

/// A broker on a port of its own.
#[derive(Clone)]
pub struct FakeBroker {
    /// Its address.
    pub issuer: String,
    /// The key that it signs with.
    pub key: Arc<SigningKey>,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl FakeBroker {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = Arc::new(SigningKey::new("sleutel-1"));
        let broker = Self { issuer, behaviour: Arc::default(), key };
        broker.behaviour().keys = vec![broker.key.jwk()];
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route(ELSEWHERE, any(elsewhere))
            .with_state(broker.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        broker
    }

    fn behaviour(&self) -> std::sync::MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How a portal reaches it that demands this.
    pub fn access(&self, clock: &Clock, demand: Demand) -> BrokerAccess {
        let settings = BrokerSettings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.into(),
            scopes: vec!["kvk".to_owned()],
            subject_claim: "sub".to_owned(),
            kvk_claim: "urn:etoegang:1.9:EntityConcernedID:KvKnr".to_owned(),
            levels: LevelNames::default(),
            demand,
        };
        BrokerAccess { broker: Arc::new(OidcBroker::new(settings, clock.clone()).unwrap()), demand }
    }

    /// Lets a code be changed for this token, once, by whoever has the verifier of the challenge.
    pub fn grant(&self, code: &str, token: String, challenge: &str, return_to: &str) {
        let grant = Grant { token, challenge: challenge.to_owned(), return_to: return_to.to_owned() };
        self.behaviour().grants.insert(code.to_owned(), grant);
    }

    /// Adds a key to those that it tells.
    pub fn tell_key(&self, key: &SigningKey) {
        self.behaviour().keys.push(key.jwk());
    }

    /// Lets it say that codes are changed there.
    pub fn name_token_endpoint(&self, url: &str) {
        self.behaviour().token_endpoint = Some(url.to_owned());
    }

    /// Lets codes be changed only so many at once, so that their tokens are judged at the same moment.
    pub fn wait_for(&self, codes: usize) {
        self.behaviour().together = Some(Arc::new(Barrier::new(codes)));
    }

    /// How often its keys were asked for.
    pub fn keys_asked(&self) -> usize {
        self.behaviour().keys_asked
    }

    /// How often a code was brought.
    pub fn tokens_asked(&self) -> usize {
        self.behaviour().tokens_asked
    }

    /// How often something was asked where nothing must be.
    pub fn asked_elsewhere(&self) -> usize {
        self.behaviour().asked_elsewhere
    }

    /// Lets every answer be faulty, or right again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.behaviour().fault = fault;
    }

    /// The answer of a fault, if there is one.
    fn faulty(&self) -> Option<Response> {
        let fault = self.behaviour().fault?;
        let json = [(header::CONTENT_TYPE, "application/json")];
        Some(match fault {
            Fault::Status(status) => {
                (StatusCode::from_u16(status).unwrap(), json, "{\"error\":\"<b>hr@linde.example</b>\"}").into_response()
            }
            Fault::Endless => (json, format!("\"{}\"", "x".repeat(600 * 1024))).into_response(),
            Fault::Nonsense => (json, "<html>").into_response(),
            Fault::Elsewhere => {
                let location = [(header::LOCATION, format!("{}{ELSEWHERE}", self.issuer))];
                (StatusCode::TEMPORARY_REDIRECT, location).into_response()
            }
        })
    }
}

async fn configuration(State(broker): State<FakeBroker>) -> Response {
    if let Some(faulty) = broker.faulty() {
        return faulty;
    }
    let issuer = &broker.issuer;
    let token_endpoint = broker.behaviour().token_endpoint.clone().unwrap_or_else(|| format!("{issuer}/token"));
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": token_endpoint,
        "jwks_uri": format!("{issuer}/jwks"), "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["ES256", "RS256"],
    }))
    .into_response()
}

async fn keys(State(broker): State<FakeBroker>) -> Response {
    if let Some(faulty) = broker.faulty() {
        return faulty;
    }
    let mut behaviour = broker.behaviour();
    behaviour.keys_asked += 1;
    Json(json!({ "keys": behaviour.keys })).into_response()
}

/// It tells the broker's keys, to whoever would take them from here.
async fn elsewhere(State(broker): State<FakeBroker>) -> Response {
    let mut behaviour = broker.behaviour();
    behaviour.asked_elsewhere += 1;
    Json(json!({ "keys": behaviour.keys })).into_response()
}

async fn token(
    State(broker): State<FakeBroker>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    broker.behaviour().tokens_asked += 1;
    if let Some(faulty) = broker.faulty() {
        return faulty;
    }
    let together = broker.behaviour().together.clone();
    if let Some(together) = together {
        together.wait().await;
    }
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:geheim%3A+van%2Fhet%2Bportaal%25")));
    if headers.get(header::AUTHORIZATION).is_none_or(|given| given.as_bytes() != expected.as_bytes()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let Some(grant) = broker.behaviour().grants.remove(field("code")) else { return refused("invalid_grant") };
    let hashed = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, field("code_verifier").as_bytes()));
    if field("grant_type") != "authorization_code"
        || field("redirect_uri") != grant.return_to
        || hashed != grant.challenge
    {
        return refused("invalid_grant");
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    Json(json!({ "access_token": "nergens voor", "token_type": "Bearer", "expires_in": 60, "id_token": grant.token }))
        .into_response()
}
