//! How an application is connected: a few lines for each of the clients that people use most. The end-to-end tests run
//! them as they are printed.

use std::collections::BTreeMap;

/// What the lines are filled with.
pub struct Connection<'a> {
    /// Where Carillon is reached.
    pub issuer: &'a str,
    /// The application's id.
    pub client_id: String,
    /// Its secret; public clients have none.
    pub client_secret: Option<&'a str>,
    /// Where people are sent back to.
    pub redirect_uri: &'a str,
}

/// For Node.js, and for pages in a browser.
const OPENID_CLIENT: &str = include_str!("configurations/openid-client.mjs");
/// For Python.
const AUTHLIB: &str = include_str!("configurations/authlib.py");
/// For applications that sign nobody in themselves.
const OAUTH2_PROXY: &str = include_str!("configurations/oauth2-proxy.cfg");
/// The same without another program.
const NGINX: &str = include_str!("configurations/nginx.conf");

impl Connection<'_> {
    /// The lines by the client's name. A public client runs where only the first can.
    pub fn configurations(&self) -> BTreeMap<&'static str, String> {
        let Some(secret) = self.client_secret else {
            let authentication = format!(", undefined, client.None(){}", self.options(""));
            return BTreeMap::from([("openid-client", self.filled(OPENID_CLIENT, &authentication))]);
        };
        let in_node = format!(", \"{secret}\"{}", self.options(", undefined"));
        let elsewhere = |begin: &str| format!("{begin}\"{secret}\"");
        BTreeMap::from([
            ("openid-client", self.filled(OPENID_CLIENT, &in_node)),
            ("authlib", self.filled(AUTHLIB, &elsewhere("client_secret="))),
            ("oauth2-proxy", self.filled(OAUTH2_PROXY, &elsewhere("client_secret = "))),
            ("nginx", self.filled(NGINX, "")),
        ])
    }

    /// openid-client refuses plain http unless it is told.
    fn options(&self, before: &str) -> String {
        let plain = self.issuer.starts_with("http:");
        if plain { format!("{before}, {{ execute: [client.allowInsecureRequests] }}") } else { String::new() }
    }

    fn filled(&self, lines: &str, authentication: &str) -> String {
        let path = url::Url::parse(self.redirect_uri).map_or_else(|_| "/".to_owned(), |uri| uri.path().to_owned());
        lines
            .replace("{authentication}", authentication)
            .replace("{issuer}", self.issuer)
            .replace("{client_id}", &self.client_id)
            .replace("{redirect_uri}", self.redirect_uri)
            .replace("{redirect_path}", &path)
    }
}
