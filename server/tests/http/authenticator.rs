//! A software authenticator: what a browser and a device answer to a question for a passkey (Web Authentication Level 3,
//! 6 and 7), and everything that a hostile one could make of it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand as system,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

/// Somebody was there.
const PRESENT: u8 = 0x01;
/// The device knew who.
const VERIFIED: u8 = 0x04;
/// A new key comes along.
const WITH_KEY: u8 = 0x40;

/// What an answer says, right unless it is changed.
#[derive(Clone)]
pub struct Says {
    /// The origin of the page.
    pub origin: String,
    /// The relying party that the device signs for.
    pub relying_party: String,
    /// What was asked, where it is not what is answered.
    pub challenge: Option<String>,
    /// Whether somebody was there.
    pub present: bool,
    /// Whether the device knew who.
    pub verified: bool,
    /// The signature counter; the next one unless told.
    pub counter: Option<u32>,
    /// The id of the passkey, where it is not its own.
    pub id: Option<Vec<u8>>,
    /// `webauthn.get` or `webauthn.create`, where it is not what is done.
    pub kind: Option<&'static str>,
    /// Whether the signature is spoilt.
    pub forged: bool,
}

impl Says {
    /// What is right at this origin.
    pub fn at(origin: &str) -> Self {
        let host = origin.split("://").nth(1).unwrap().split(':').next().unwrap();
        Self {
            origin: origin.to_owned(),
            relying_party: host.to_owned(),
            challenge: None,
            present: true,
            verified: true,
            counter: None,
            id: None,
            kind: None,
            forged: false,
        }
    }
}

/// A device with one passkey.
pub struct Authenticator {
    key: EcdsaKeyPair,
    /// What the passkey is known by.
    pub id: Vec<u8>,
    counter: u32,
}

impl Authenticator {
    /// A device with a fresh passkey.
    pub fn new() -> Self {
        let random = system::SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        let mut id = vec![0; 32];
        system::SecureRandom::fill(&random, &mut id).unwrap();
        Self { key, id, counter: 0 }
    }

    /// What the browser answers when it has made the passkey that these options, as JSON, ask for.
    pub fn create(&mut self, options: &str, says: &Says) -> String {
        let client_data = client_data(options, says, "webauthn.create");
        let mut data = self.data(says, WITH_KEY);
        // Who made the device is not told.
        data.extend([0; 16]);
        let id = says.id.as_ref().unwrap_or(&self.id);
        data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        data.extend(id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3];
        object.extend(text("fmt"));
        object.extend(text("none"));
        object.extend(text("attStmt"));
        object.push(0xa0);
        object.extend(text("authData"));
        object.extend(bytes(&data));
        let response =
            json!({ "clientDataJSON": encoded(client_data.as_bytes()), "attestationObject": encoded(&object) });
        credential(id, response)
    }

    /// What the browser answers when it shows the passkey to what these options, as JSON, ask.
    pub fn get(&mut self, options: &str, says: &Says) -> String {
        let client_data = client_data(options, says, "webauthn.get");
        let data = self.data(says, 0);
        let signed = [&data[..], digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let mut signature = self.key.sign(&system::SystemRandom::new(), &signed).unwrap().as_ref().to_vec();
        if says.forged {
            // Still a signature by its form, of something else.
            signature = self.key.sign(&system::SystemRandom::new(), b"something else").unwrap().as_ref().to_vec();
        }
        let response = json!({
            "clientDataJSON": encoded(client_data.as_bytes()),
            "authenticatorData": encoded(&data),
            "signature": encoded(&signature),
            "userHandle": null,
        });
        credential(says.id.as_ref().unwrap_or(&self.id), response)
    }

    fn data(&mut self, says: &Says, more: u8) -> Vec<u8> {
        self.counter += 1;
        let mut data = digest(&SHA256, says.relying_party.as_bytes()).as_ref().to_vec();
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        data.push(flag(says.present, PRESENT) | flag(says.verified, VERIFIED) | more);
        data.extend(says.counter.unwrap_or(self.counter).to_be_bytes());
        data
    }

    /// The public key as COSE has it: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
        key.extend(bytes(&point[1..33]));
        key.push(0x22);
        key.extend(bytes(&point[33..65]));
        key
    }
}

fn client_data(options: &str, says: &Says, kind: &str) -> String {
    let options: Value = serde_json::from_str(options).unwrap();
    let asked = options["challenge"].as_str().unwrap().to_owned();
    let challenge = says.challenge.clone().unwrap_or(asked);
    json!({
        "type": says.kind.unwrap_or(kind),
        "challenge": challenge,
        "origin": says.origin,
        "crossOrigin": false,
    })
    .to_string()
}

fn credential(id: &[u8], response: Value) -> String {
    let id = encoded(id);
    json!({ "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response })
        .to_string()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A text in CBOR, of fewer than 24 bytes.
fn text(text: &str) -> Vec<u8> {
    let mut out = vec![0x60 | u8::try_from(text.len()).unwrap()];
    out.extend(text.as_bytes());
    out
}

/// Bytes in CBOR, of at least 24 and fewer than 65536.
fn bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = match u8::try_from(bytes.len()) {
        Ok(length) => vec![0x58, length],
        Err(_) => {
            let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
            vec![0x59, length[0], length[1]]
        }
    };
    out.extend(bytes);
    out
}
