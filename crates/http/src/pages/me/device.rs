//! What a browser says of itself, in words that people know: the browser and the system, and nothing finer, as both are
//! the browser's own word anyway.

use serde_json::Value;

/// From what a session was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::pages) struct Device {
    pub browser: Option<&'static str>,
    pub system: Option<&'static str>,
    /// Where it came from. Personal.
    pub remote: Option<String>,
}

/// The first that is found counts: nearly all call themselves Mozilla, Chrome and Safari besides what they are.
const BROWSERS: [(&str, &str); 13] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("AppleWebKit/", "an application"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

impl Device {
    /// From what is kept of a session.
    pub fn of(kept: Option<&Value>) -> Self {
        let text = |member: &str| kept.and_then(|kept| kept.get(member)).and_then(Value::as_str);
        let agent = text("user_agent").unwrap_or_default();
        let known = |names: &'static [(&'static str, &'static str)]| {
            names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
        };
        Self { browser: known(&BROWSERS), system: known(&SYSTEMS), remote: text("remote").map(str::to_owned) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_know_their_browsers_again() {
        for (agent, browser, system) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
              Safari/537.36 Edg/141.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 \
              Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
              CriOS/140.0 Mobile/15E148 Safari/604.1",
                "Chrome",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 \
              Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
        ] {
            let device = Device::of(Some(&json!({ "user_agent": agent, "remote": "192.0.2.7" })));
            let expected =
                Device { browser: Some(browser), system: Some(system), remote: Some("192.0.2.7".to_owned()) };
            assert_eq!(device, expected, "{agent}");
        }
        assert_eq!(Device::of(None), Device::default());
        assert_eq!(Device::of(Some(&json!({ "user_agent": "x" }))), Device::default());
    }
}
