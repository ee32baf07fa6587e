//! The broker of eHerkenning by OpenID Connect: authorization code flow with PKCE, state and nonce (ASVS V10).
//!
//! The library judges signatures and the claims of the protocol; here stands what it leaves open: algorithms, times,
//! authorised party, levels. Nothing of what the broker sends is logged or shown.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use collectief_domain::{
    actor::Language,
    assurance::{Demand, LevelNames},
};
use collectief_service::{
    broker::{Assertion, Attempt, Broker, BrokerFault},
    clock::Clock,
};
use futures::{FutureExt, future::BoxFuture};
use http::{Method, StatusCode, header};
use openidconnect::{
    AsyncHttpClient, AuthenticationContextClass, ClientId, CsrfToken, HttpRequest, IssuerUrl, JsonWebKeySet,
    LanguageTag, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreJsonWebKey, CoreProviderMetadata},
    url::form_urlencoded,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

use self::{
    client::{HttpClient, is_allowed, is_loopback},
    token::{Judged, judge},
};

mod client;
#[cfg(test)]
mod self_signed;
mod strict;
mod token;

/// After how long the broker's addresses and keys are asked for again.
const KNOWN_FOR: Duration = Duration::from_secs(60 * 60);

/// How long they may still be used when the broker does not answer then.
const KNOWN_AT_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// The least time between two times that the broker is asked, so that nobody can make this server bother it: keys anew
/// for a token with an unknown one, and addresses after it did not answer.
const KEYS_AT_MOST_EVERY: Duration = Duration::from_secs(60);
const TRIED_AT_MOST_EVERY: Duration = Duration::from_secs(5);

/// The purposes of the secrets of a try.
const NONCE: &str = "openid nonce";
const VERIFIER: &str = "openid code verifier";

/// How the broker is reached, and what it calls things.
#[derive(Clone)]
pub struct BrokerSettings {
    /// Its address, which is also its name in tokens; https, or on this machine.
    pub issuer: String,
    /// What it knows this portal by.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: SecretString,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that says who somebody is.
    pub subject_claim: String,
    /// The claim with the KvK number of the organisation.
    pub kvk_claim: String,
    /// What it calls the levels.
    pub levels: LevelNames,
    /// The least level that is let in.
    pub demand: Demand,
}

impl BrokerSettings {
    /// Whether this can be the address of a broker: https, or on this machine, and without anything behind the path.
    pub fn is_issuer(text: &str) -> bool {
        text.parse::<http::Uri>().is_ok_and(|uri| {
            let authority = uri.authority().map_or("", |authority| authority.as_str());
            is_allowed(&uri, true) && uri.query().is_none() && !text.contains('#') && !authority.contains('@')
        })
    }
}

/// A broker that speaks OpenID Connect.
pub struct OidcBroker {
    settings: BrokerSettings,
    issuer: IssuerUrl,
    http: HttpClient,
    /// The machine's clock: a demonstration on another day still talks to a broker of today.
    clock: Clock,
    known: Mutex<Known>,
}

/// What the broker said of itself.
#[derive(Default)]
struct Known {
    metadata: Option<Arc<CoreProviderMetadata>>,
    keys: JsonWebKeySet<CoreJsonWebKey>,
    asked_at: Option<Instant>,
    keys_asked_at: Option<Instant>,
    failed_at: Option<Instant>,
}

/// The answer of the token endpoint, as far as it matters: the access token is for nothing here.
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

impl OidcBroker {
    /// A broker as the settings say. Nothing is asked of it until somebody signs in.
    ///
    /// # Errors
    /// Why it cannot be used, for the operator.
    pub fn new(settings: BrokerSettings, clock: Clock) -> Result<Self, String> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|error| error.to_string())?;
        let on_this_machine = issuer.url().host_str().is_some_and(is_loopback);
        let http = HttpClient::new(on_this_machine).map_err(|error| error.to_string())?;
        Ok(Self { settings, issuer, http, clock, known: Mutex::default() })
    }

    /// The broker's addresses and keys: those that are known, unless that was too long ago.
    async fn known(&self) -> Result<(Arc<CoreProviderMetadata>, JsonWebKeySet<CoreJsonWebKey>), BrokerFault> {
        let mut known = self.known.lock().await;
        let is_within = |since: Option<Instant>, time| since.is_some_and(|since: Instant| since.elapsed() < time);
        if !is_within(known.asked_at, KNOWN_FOR) && !is_within(known.failed_at, TRIED_AT_MOST_EVERY) {
            match CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await {
                Ok(metadata) if self.is_usable(&metadata) => {
                    let now = Instant::now();
                    let keys = metadata.jwks().clone();
                    let metadata = Some(Arc::new(metadata));
                    *known = Known { metadata, keys, asked_at: Some(now), keys_asked_at: None, failed_at: None };
                }
                Ok(_) => {
                    tracing::error!("the broker names an address that is not https, or no token endpoint");
                    known.failed_at = Some(Instant::now());
                }
                Err(error) => {
                    tracing::warn!(what = in_words(&error), "the broker does not say where it is to be reached");
                    known.failed_at = Some(Instant::now());
                }
            }
        }
        match &known.metadata {
            Some(metadata) if is_within(known.asked_at, KNOWN_AT_MOST) => {
                Ok((Arc::clone(metadata), known.keys.clone()))
            }
            _ => Err(BrokerFault::Unavailable("the broker cannot be reached")),
        }
    }

    /// The broker's keys, asked for anew unless that was done lately: somebody else who signs in at this very moment may
    /// have done it. `None` where that cannot be done.
    async fn newer_keys(&self) -> Option<JsonWebKeySet<CoreJsonWebKey>> {
        let mut known = self.known.lock().await;
        if known.keys_asked_at.is_some_and(|asked| asked.elapsed() < KEYS_AT_MOST_EVERY) {
            return Some(known.keys.clone());
        }
        known.keys_asked_at = Some(Instant::now());
        let url = known.metadata.as_ref()?.jwks_uri().clone();
        match JsonWebKeySet::fetch_async(&url, &self.http).await {
            Ok(keys) => {
                known.keys = keys;
                Some(known.keys.clone())
            }
            Err(error) => {
                tracing::warn!(what = in_words(&error), "the broker does not tell its keys");
                None
            }
        }
    }

    /// Whether everything that the broker names is where a request, or a browser, may go.
    fn is_usable(&self, metadata: &CoreProviderMetadata) -> bool {
        let on_this_machine = self.issuer.url().host_str().is_some_and(is_loopback);
        let fine = |url: &str| url.parse().is_ok_and(|uri| is_allowed(&uri, on_this_machine));
        fine(metadata.authorization_endpoint().as_str())
            && fine(metadata.jwks_uri().as_str())
            && metadata.token_endpoint().is_some_and(|endpoint| fine(endpoint.as_str()))
    }

    async fn address(&self, attempt: &Attempt, language: Language) -> Result<String, BrokerFault> {
        let (metadata, keys) = self.known().await?;
        let refused = |_| BrokerFault::Unavailable("the portal's address is no address");
        let client = CoreClient::new(ClientId::new(self.settings.client_id.clone()), self.issuer.clone(), keys)
            .set_auth_uri(metadata.authorization_endpoint().clone())
            .set_redirect_uri(RedirectUrl::new(attempt.return_to.clone()).map_err(refused)?);
        let (state, nonce) = (attempt.state.clone(), attempt.secret_for(NONCE));
        let verifier = PkceCodeVerifier::new(attempt.secret_for(VERIFIER));
        let language = match language {
            Language::Nl => "nl",
            Language::En => "en",
        };
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut asked = client
            .authorize_url(flow, move || CsrfToken::new(state), move || Nonce::new(nonce))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_ui_locale(LanguageTag::new(language.to_owned()));
        for scope in &self.settings.scopes {
            asked = asked.add_scope(Scope::new(scope.clone()));
        }
        for name in self.settings.levels.meeting(attempt.demand) {
            asked = asked.add_auth_context_value(AuthenticationContextClass::new(name.to_owned()));
        }
        Ok(asked.url().0.to_string())
    }

    async fn assertion(&self, attempt: &Attempt, answer: &[(String, String)]) -> Result<Assertion, BrokerFault> {
        if let Some(error) = only(answer, "error")? {
            return Err(fault_of(error));
        }
        // Where the broker says which one it is, it must be ours (RFC 9207).
        if only(answer, "iss")?.is_some_and(|issuer| issuer != self.settings.issuer) {
            return Err(BrokerFault::Refused("the answer is another broker's"));
        }
        let code = only(answer, "code")?.ok_or(BrokerFault::Refused("no code"))?;
        let (metadata, keys) = self.known().await?;
        let token = self.exchange(&metadata, attempt, code).await?;
        let nonce = Nonce::new(attempt.secret_for(NONCE));
        let now = self.clock.now().to_utc();
        match judge(&self.settings, &self.issuer, &token, &nonce, keys, now) {
            Judged::Fine(assertion) => Ok(assertion),
            Judged::Fault(fault) => Err(fault),
            // The broker may have changed its keys since they were asked for.
            Judged::UnknownKey => {
                let unknown = BrokerFault::Refused("signed with an unknown key");
                let keys = self.newer_keys().await.ok_or(unknown)?;
                match judge(&self.settings, &self.issuer, &token, &nonce, keys, now) {
                    Judged::Fine(assertion) => Ok(assertion),
                    Judged::Fault(fault) => Err(fault),
                    Judged::UnknownKey => Err(unknown),
                }
            }
        }
    }

    /// The request that changes a code for a token.
    fn token_request(
        &self,
        metadata: &CoreProviderMetadata,
        attempt: &Attempt,
        code: &str,
    ) -> Result<HttpRequest, BrokerFault> {
        let endpoint = metadata.token_endpoint().ok_or(BrokerFault::Unavailable("no token endpoint"))?;
        let (id, secret) = (&self.settings.client_id, self.settings.client_secret.expose_secret());
        let verifier = attempt.secret_for(VERIFIER);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &attempt.return_to)
            .append_pair("code_verifier", &verifier);
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(endpoint.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        // In the header, as every broker must understand it, unless this one says that it does not.
        let methods = metadata.token_endpoint_auth_methods_supported();
        let knows = |method| methods.is_some_and(|methods| methods.contains(&method));
        if knows(CoreClientAuthMethod::ClientSecretPost) && !knows(CoreClientAuthMethod::ClientSecretBasic) {
            form.append_pair("client_id", id).append_pair("client_secret", secret);
        } else {
            let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
            request = request.header(header::AUTHORIZATION, format!("Basic {pair}"));
        }
        request
            .body(form.finish().into_bytes())
            .map_err(|_| BrokerFault::Unavailable("the code cannot be sent to the broker"))
    }

    /// Changes a code for a token.
    async fn exchange(
        &self,
        metadata: &CoreProviderMetadata,
        attempt: &Attempt,
        code: &str,
    ) -> Result<String, BrokerFault> {
        let request = self.token_request(metadata, attempt, code)?;
        let answer = self.http.call(request).await.map_err(|error| {
            tracing::warn!(%error, "a code cannot be changed for a token");
            BrokerFault::Unavailable("the broker cannot be reached")
        })?;
        match answer.status() {
            StatusCode::OK => {}
            status if status.is_server_error() => {
                return Err(BrokerFault::Unavailable("the broker has a fault"));
            }
            StatusCode::UNAUTHORIZED => {
                tracing::error!("the broker does not accept the portal's secret");
                return Err(BrokerFault::Unavailable("the broker does not accept the portal's secret"));
            }
            _ => return Err(BrokerFault::Refused("the broker refused the code")),
        }
        let answer: TokenAnswer =
            serde_json::from_slice(answer.body()).map_err(|_| BrokerFault::Refused("no token came for the code"))?;
        Ok(answer.id_token)
    }
}

impl Broker for OidcBroker {
    fn begin<'a>(&'a self, attempt: &'a Attempt, language: Language) -> BoxFuture<'a, Result<String, BrokerFault>> {
        self.address(attempt, language).boxed()
    }

    fn finish<'a>(
        &'a self,
        attempt: &'a Attempt,
        answer: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Assertion, BrokerFault>> {
        self.assertion(attempt, answer).boxed()
    }
}

/// The value of a name that may stand there once.
fn only<'a>(answer: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, BrokerFault> {
    let mut values = answer.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(BrokerFault::Refused("a name stands twice in the answer")),
    }
}

/// What an error of the broker means (RFC 6749, OpenID Connect Core). Its description is not looked at.
fn fault_of(error: &str) -> BrokerFault {
    match error {
        "access_denied" => BrokerFault::Cancelled,
        "server_error" | "temporarily_unavailable" => BrokerFault::Unavailable("the broker has a fault"),
        "unmet_authentication_requirements" => BrokerFault::Level("the broker cannot reach the level"),
        "login_required" | "interaction_required" | "account_selection_required" | "consent_required" => {
            BrokerFault::Refused("the broker wants the person to sign in there")
        }
        _ => BrokerFault::Refused("the broker refused the request"),
    }
}

/// What kept the broker from telling about itself: without what it answered.
fn in_words<E: std::error::Error>(error: &openidconnect::DiscoveryError<E>) -> String {
    match error {
        openidconnect::DiscoveryError::Request(error) => error.to_string(),
        openidconnect::DiscoveryError::Parse(_) => "its answer cannot be read".to_owned(),
        openidconnect::DiscoveryError::Response(status, _, _) => format!("it answered {status}"),
        openidconnect::DiscoveryError::Validation(_) => "it calls itself by another name".to_owned(),
        _ => "its address cannot be asked".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_reached_over_tls_or_is_on_this_machine() {
        for issuer in ["https://broker.example", "https://broker.example/oidc", "http://localhost:9", "http://[::1]:9"]
        {
            assert!(BrokerSettings::is_issuer(issuer), "{issuer}");
        }
        for issuer in [
            "",
            "broker.example",
            "http://broker.example",
            "ftp://broker.example",
            "https://",
            "https://a:b@broker.example",
            "https://broker.example/?a=b",
            "https://broker.example/#a",
        ] {
            assert!(!BrokerSettings::is_issuer(issuer), "{issuer}");
        }
    }

    #[test]
    fn what_the_broker_says_of_an_error_decides_what_is_told() {
        assert_eq!(fault_of("access_denied"), BrokerFault::Cancelled);
        assert!(matches!(fault_of("temporarily_unavailable"), BrokerFault::Unavailable(_)));
        assert!(matches!(fault_of("unmet_authentication_requirements"), BrokerFault::Level(_)));
        assert!(matches!(fault_of("<script>"), BrokerFault::Refused(_)));
        let twice = [("code".to_owned(), "a".to_owned()), ("code".to_owned(), "b".to_owned())];
        assert!(only(&twice, "code").is_err() && only(&twice, "state") == Ok(None));
    }
}
