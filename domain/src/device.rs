//! What a browser says it is (`User-Agent`), in the few words by which somebody recognises a device.
//!
//! Browsers say many names beside their own, so that pages treat them like others; what is looked for stands in the order
//! in which it is telling. Nobody decides anything by it: whoever wants to can say to be any browser.

use serde::{Deserialize, Serialize};

/// The browser and the system of a device, as far as they are recognised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The browser.
    pub browser: Option<Browser>,
    /// What it runs on.
    pub system: Option<System>,
}

/// A browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Browser {
    /// Google Chrome, or Chromium.
    Chrome,
    /// Microsoft Edge.
    Edge,
    /// Mozilla Firefox.
    Firefox,
    /// Opera.
    Opera,
    /// Apple Safari.
    Safari,
    /// Samsung Internet.
    Samsung,
}

/// What a browser runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Android.
    Android,
    /// ChromeOS.
    ChromeOs,
    /// iPadOS.
    IPad,
    /// iOS.
    IPhone,
    /// Linux on a computer.
    Linux,
    /// macOS. Safari on a tablet says so too.
    MacOs,
    /// Windows.
    Windows,
}

impl Browser {
    /// What to look for.
    const SIGNS: [(&'static str, Self); 12] = [
        ("Edg/", Self::Edge),
        ("EdgA/", Self::Edge),
        ("EdgiOS/", Self::Edge),
        ("OPR/", Self::Opera),
        ("OPT/", Self::Opera),
        ("SamsungBrowser/", Self::Samsung),
        ("Firefox/", Self::Firefox),
        ("FxiOS/", Self::Firefox),
        ("CriOS/", Self::Chrome),
        ("Chrome/", Self::Chrome),
        ("Chromium/", Self::Chrome),
        ("Safari/", Self::Safari),
    ];

    /// The name, which is the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Firefox => "Firefox",
            Self::Opera => "Opera",
            Self::Safari => "Safari",
            Self::Samsung => "Samsung Internet",
        }
    }
}

impl System {
    /// What to look for.
    const SIGNS: [(&'static str, Self); 7] = [
        ("iPhone", Self::IPhone),
        ("iPad", Self::IPad),
        ("Android", Self::Android),
        ("CrOS", Self::ChromeOs),
        ("Windows", Self::Windows),
        ("Macintosh", Self::MacOs),
        ("Linux", Self::Linux),
    ];

    /// The name, which is the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Android => "Android",
            Self::ChromeOs => "ChromeOS",
            Self::IPad => "iPad",
            Self::IPhone => "iPhone",
            Self::Linux => "Linux",
            Self::MacOs => "macOS",
            Self::Windows => "Windows",
        }
    }
}

impl Device {
    /// The device of whoever says to be this.
    pub fn of(user_agent: &str) -> Self {
        let browser =
            Browser::SIGNS.into_iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, browser)| browser);
        let system = System::SIGNS.into_iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, system)| system);
        Self { browser, system }
    }
}
