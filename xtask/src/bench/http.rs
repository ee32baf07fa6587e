//! As much of HTTP as it takes to sign in and to download, with the moments that matter.

use anyhow::{Context as _, Result, bail};
use std::io::{Read as _, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// An answer whose body was handed over while it came in.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The names in lower case, and the values.
    pub headers: Vec<(String, String)>,
    /// From the request to the first byte of the body.
    pub first_byte: Duration,
    /// From the request to the end.
    pub whole: Duration,
}

impl Answer {
    /// The values of a header.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A server, and who we are to it.
#[derive(Debug, Clone)]
pub struct Client {
    /// Host and port.
    pub host: String,
    /// The value of the Cookie header, when there is one.
    pub cookie: Option<String>,
}

impl Client {
    /// Fetches `path` and writes the body to `body`.
    pub fn get(&self, path: &str, body: &mut dyn Write) -> Result<Answer> {
        self.send("GET", path, "", body)
    }

    /// Posts a form as a browser does from a page of the same site.
    pub fn post(&self, path: &str, fields: &[(String, String)], body: &mut dyn Write) -> Result<Answer> {
        let pairs = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        self.send("POST", path, &pairs.collect::<Vec<_>>().join("&"), body)
    }

    fn send(&self, method: &str, path: &str, form: &str, body: &mut dyn Write) -> Result<Answer> {
        let mut stream = TcpStream::connect(&self.host).with_context(|| format!("nobody answers at {}", self.host))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(600)))?;
        // HTTP/1.0 ends the body with the connection, so that nothing has to be put together again.
        let mut request = format!("{method} {path} HTTP/1.0\r\nHost: {}\r\nAccept: text/html,*/*\r\n", self.host);
        request += "Accept-Encoding: identity\r\nSec-Fetch-Site: same-origin\r\n";
        if let Some(cookie) = &self.cookie {
            request += &format!("Cookie: {cookie}\r\n");
        }
        if method == "POST" {
            request += &format!("Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded\r\n", self.host);
            request += &format!("Content-Length: {}\r\n", form.len());
        }
        let start = Instant::now();
        stream.write_all(format!("{request}\r\n{form}").as_bytes())?;

        let mut head = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        let mut first_byte = None;
        let split = loop {
            let length = stream.read(&mut buffer)?;
            head.extend_from_slice(&buffer[..length]);
            if let Some(at) = head.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if length == 0 || head.len() > 1 << 20 {
                bail!("{path}: the server sent no whole header");
            }
        };
        let rest = head.split_off(split + 4);
        if !rest.is_empty() {
            first_byte = Some(start.elapsed());
            body.write_all(&rest)?;
        }
        loop {
            let length = stream.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            first_byte.get_or_insert_with(|| start.elapsed());
            body.write_all(&buffer[..length])?;
        }
        let whole = start.elapsed();
        let (status, headers) = parse(&String::from_utf8_lossy(&head)).with_context(|| format!("{path}: no HTTP"))?;
        Ok(Answer { status, headers, first_byte: first_byte.unwrap_or(whole), whole })
    }
}

fn parse(head: &str) -> Option<(u16, Vec<(String, String)>)> {
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let pairs = lines.filter_map(|line| line.split_once(':'));
    Some((status, pairs.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect()))
}

/// A value in a form.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// A form on a page: where it is posted, and its fields with their values.
#[derive(Debug, PartialEq, Eq)]
pub struct Form {
    /// The path that it is posted to.
    pub action: String,
    /// Names, kinds and values.
    pub fields: Vec<(String, String, String)>,
}

/// The form of a page that asks for a password.
pub fn password_form(page: &str) -> Option<Form> {
    page.split("<form").skip(1).find_map(|rest| {
        let (tag, inside) = rest.split_once('>')?;
        let inside = inside.split("</form").next()?;
        let inputs = inside.split("<input").skip(1).filter_map(|input| input.split('>').next());
        let text = |tag: &str, name: &str| attribute(tag, name).unwrap_or_default();
        let fields: Vec<_> = inputs.map(|tag| (text(tag, "name"), text(tag, "type"), text(tag, "value"))).collect();
        let asks = fields.iter().any(|(_, kind, _)| kind == "password");
        asks.then(|| Form { action: text(tag, "action"), fields })
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag[start..].split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&quot;", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_with_the_password_is_found() {
        let page = r#"<form action="/taal"><input name="taal"></form>
            <form method="post" action="/api/in?a=1&amp;b=2"><input type="email" name="email" value="">
            <input type="hidden" name="naar" value="/deelnemers"/><input type="password" name="wachtwoord"></form>"#;
        let form = password_form(page).unwrap();
        assert_eq!(form.action, "/api/in?a=1&b=2");
        let names: Vec<_> = form.fields.iter().map(|(name, kind, value)| format!("{name}:{kind}:{value}")).collect();
        assert_eq!(names, ["email:email:", "naar:hidden:/deelnemers", "wachtwoord:password:"]);
        assert_eq!(password_form("<form action=\"/x\"></form>"), None);
    }

    #[test]
    fn heads_are_read_and_values_encoded() {
        let (status, headers) = parse("HTTP/1.0 303 See Other\r\nSet-Cookie: a=b; Path=/\r\n").unwrap();
        assert_eq!((status, headers[0].0.as_str(), headers[0].1.as_str()), (303, "set-cookie", "a=b; Path=/"));
        assert_eq!(encoded("a b&ë@"), "a%20b%26%C3%AB%40");
    }
}
