//! A certificate that nobody vouches for, for tests: X.509 as RFC 5280 writes it, byte by byte.

use ring::{
    rand as system,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;

/// The names of things, as they stand in it.
const EC_PUBLIC_KEY: [u8; 9] = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const ECDSA_WITH_SHA256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const COMMON_NAME: [u8; 5] = [6, 3, 0x55, 4, 3];
const OTHER_NAMES: [u8; 5] = [6, 3, 0x55, 0x1d, 0x11];

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = if high > 0 { vec![tag, 0x82, high, low] } else { vec![tag, 0x81, low] };
    let head = if high == 0 && low < 0x80 { vec![tag, low] } else { head };
    [head, content].concat()
}

/// A certificate of this host, signed with its own key, and that key.
pub(super) fn certificate(host: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let random = system::SystemRandom::new();
    let stored = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, stored.as_ref(), &random).unwrap();
    let algorithm = der(SEQUENCE, &[&ECDSA_WITH_SHA256]);
    let called = der(SEQUENCE, &[&COMMON_NAME, &der(0x0c, &[host.as_bytes()])]);
    let name = der(SEQUENCE, &[&der(SET, &[&called])]);
    let valid = der(SEQUENCE, &[&der(0x17, &[b"250101000000Z"]), &der(0x17, &[b"491231235959Z"])]);
    let kind = der(SEQUENCE, &[&EC_PUBLIC_KEY, &P256]);
    let public = der(SEQUENCE, &[&kind, &der(BIT_STRING, &[&[0], pair.public_key().as_ref()])]);
    let names = der(OCTET_STRING, &[&der(SEQUENCE, &[&der(0x82, &[host.as_bytes()])])]);
    let extensions = der(0xa3, &[&der(SEQUENCE, &[&der(SEQUENCE, &[&OTHER_NAMES, &names])])]);
    let version = der(0xa0, &[&der(0x02, &[&[2]])]);
    let number = der(0x02, &[&[1]]);
    let told = der(SEQUENCE, &[&version, &number, &algorithm, &name, &valid, &name, &public, &extensions]);
    let signature = pair.sign(&random, &told).unwrap();
    let whole = der(SEQUENCE, &[&told, &algorithm, &der(BIT_STRING, &[&[0], signature.as_ref()])]);
    (whole.into(), PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(stored.as_ref().to_vec())))
}
