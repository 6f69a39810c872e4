//! A reverse proxy asks before each request: real nginx, with the configuration that `carillon application create` prints,
//! and real Caddy, with the one of `docs/reverse-proxy.md`, before an application that shows the headers it gets. Debian
//! has no Traefik: here it is the very headers that its forward authentication sends (`headers.go` of Traefik 3).

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::clients::Client;
use crate::harness::oidc::{App, Browser, admin, agent};
use crate::harness::server::{Server, unlimited};
use crate::harness::web::Answer;
use crate::harness::{Engine, on_both_engines};

on_both_engines!(nginx_lets_through_who_may_enter, caddy_lets_through_who_may_enter, traefik_is_told_who_may_enter);

/// An application that shows each request it gets.
fn application() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            spawn(move || show(stream));
        }
    });
    port
}

fn show(mut stream: TcpStream) {
    let lines = BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok);
    let request: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let body = request.join("\n");
    write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .unwrap_or_default();
}

/// A reverse proxy of Debian's. Dropping it ends it.
struct Proxy {
    process: Child,
    url: String,
}

impl Proxy {
    /// nginx before the application. `configuration` is what stands in its server.
    fn nginx(folder: &Path, configuration: &str, port: u16) -> Self {
        let whole = format!(
            "daemon off; master_process off; pid {0}/nginx.pid; error_log stderr;
             events {{}}
             http {{ access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
                     fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
                     server {{ listen 127.0.0.1:{port}; {configuration} }} }}",
            folder.display()
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, whole).expect("a file");
        let mut command = Client::new("/usr/sbin/nginx".as_ref(), folder).arg("-c").arg(&file).into_command();
        command.stdin(Stdio::null());
        Self::started(command, folder, port)
    }

    /// Caddy before the application. `site` is the one that it serves.
    fn caddy(folder: &Path, site: &str, port: u16) -> Self {
        let file = folder.join("Caddyfile");
        fs::write(&file, format!("{{\n admin off\n auto_https off\n}}\n{site}")).expect("a file");
        let client = Client::new("/usr/bin/caddy".as_ref(), folder).arg("run").arg("--adapter").arg("caddyfile");
        let mut command = client.arg("--config").arg(&file).into_command();
        command.stdin(Stdio::null()).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        Self::started(command, folder, port)
    }

    fn started(mut command: Command, folder: &Path, port: u16) -> Self {
        let log = fs::File::create(folder.join("proxy.log")).expect("a log");
        let process = command.stderr(log).spawn().expect("the proxy starts");
        let proxy = Self { process, url: format!("http://127.0.0.1:{port}") };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return proxy;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the proxy did not start: {}", fs::read_to_string(folder.join("proxy.log")).unwrap_or_default());
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        get(&format!("{}{path}", self.url), headers)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(agent().get(url), |request, (name, value)| request.header(*name, *value));
    Answer::of(request.call())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// Places that demand more, and what.
const DEMANDS: [(&str, &str); 2] = [("keep", "feature=chat.keep-history"), ("pro", "license=Pro")];

/// What is printed for nginx, before another application, and with two more places that demand more.
fn nginx_configuration(server: &Server, app: &App, upstream: u16) -> String {
    let printed = include_str!("../crates/carillon/src/configurations/nginx.conf");
    let printed = printed.replace("{issuer}", server.url()).replace("{client_id}", &app.id);
    let printed = printed.replace("127.0.0.1:3000", &format!("127.0.0.1:{upstream}"));
    let mut whole = printed.clone();
    for (place, demand) in DEMANDS {
        let (enter, rest) = printed.split_once("location = /carillon-check {").expect("the check");
        let (check, _) = rest.split_once('}').expect("its end");
        let enter = enter.replace("location / {", &format!("location /{place} {{"));
        whole += &enter.replace("/carillon-check;", &format!("/carillon-check-{place};"));
        whole += &format!("location = /carillon-check-{place} {{{check}}}")
            .replace(&format!("application={}", app.id), &format!("application={}&{demand}", app.id));
    }
    whole
}

/// What the page says for Caddy, before another application, and with two more places that demand more.
fn caddy_site(server: &Server, app: &App, (port, upstream): (u16, u16)) -> String {
    let page = include_str!("../docs/reverse-proxy.md");
    let said = page.split_once("## Caddy\n```\n").and_then(|(_, rest)| rest.split_once("```")).expect("its site").0;
    let host = server.url().trim_start_matches("http://");
    let said =
        said.replace("https://id.example.org", server.url()).replace("Host id.example.org", &format!("Host {host}"));
    let said = said.replace("wiki.example.org {", &format!("http://127.0.0.1:{port} {{\n    bind 127.0.0.1"));
    let said = said.replace("127.0.0.1:3000", &format!("127.0.0.1:{upstream}"));
    let said = said.replace("application=ID", &format!("application={}", app.id));
    let (before, open) = said.split_once("    handle {\n").expect("the application");
    let place = |name: &str, demand: &str| {
        let asked = open.replace(&format!("application={}", app.id), &format!("application={}&{demand}", app.id));
        let (asked, _) = asked.rsplit_once('}').expect("the end of the site");
        format!("    handle /{name}* {{\n{asked}")
    };
    let places: String = DEMANDS.iter().map(|(name, demand)| place(name, demand)).collect();
    format!("{before}{places}    handle {{\n{open}")
}

fn location(answer: &Answer) -> &str {
    answer.header("location").unwrap_or_else(|| panic!("sent nowhere: {answer:?}"))
}

/// A server that trusts proxies on this machine, and an application of it that one of them is to stand before.
fn before(engine: Engine) -> (Server, App, u16) {
    let server = Server::start_with(engine, |_| {
        let mut settings = unlimited();
        settings.push(("CARILLON_TRUSTED_PROXIES", "127.0.0.1".into()));
        settings
    });
    let port = free_port();
    let enter = format!("http://127.0.0.1:{port}/.carillon/enter");
    let app = App::register(&server, "Wiki", None, &json!({ "client": { "redirect_uris": [enter] } }));
    (server, app, port)
}

fn nginx_lets_through_who_may_enter(engine: Engine) {
    let (server, app, port) = before(engine);
    let nginx = Proxy::nginx(server.folder(), &nginx_configuration(&server, &app, application()), port);
    lets_through_who_may_enter(&server, &app, &nginx);
    leads_nowhere_else(&server, &app);
}

fn caddy_lets_through_who_may_enter(engine: Engine) {
    let (server, app, port) = before(engine);
    let caddy = Proxy::caddy(server.folder(), &caddy_site(&server, &app, (port, application())), port);
    lets_through_who_may_enter(&server, &app, &caddy);
}

/// What Traefik's forward authentication sends: the request's headers but those of a connection, and `X-Forwarded-Method`,
/// `-Proto`, `-Host`, `-Uri` and `-For` as it saw them. Its answer goes to the browser as it is, unless it is a 2xx.
fn traefik_is_told_who_may_enter(engine: Engine) {
    let (server, app, port) = before(engine);
    let host = format!("127.0.0.1:{port}");
    let person = server.demo_person("EnterpriseLWA").clone();
    let text = |member: &str| person[member].as_str().expect("text");
    let browser = Browser::sign_in(server.url(), text("address"), text("password"));
    let asked = |method: &str, demand: &str, headers: &[(&str, &str)]| {
        let forwarded = [
            ("x-forwarded-for", "192.0.2.7"),
            ("x-forwarded-host", &*host),
            ("x-forwarded-method", method),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-uri", "/page?a=b&c=%C3%A9"),
            ("x-forwarded-port", "80"),
            ("x-forwarded-server", "traefik"),
            ("x-real-ip", "192.0.2.7"),
            ("user-agent", "Mozilla/5.0"),
            ("accept", "text/html"),
        ];
        let headers: Vec<_> = forwarded.into_iter().chain(headers.iter().copied()).collect();
        get(&format!("{}/check?application={}{demand}", server.url(), app.id), &headers)
    };
    let away = asked("GET", "", &[]);
    assert_eq!(away.status, 302, "{away:?}");
    assert!(location(&away).starts_with(&format!("http://{host}/.carillon/start?")), "{away:?}");
    assert_eq!(asked("POST", "", &[]).status, 401, "what was sent along would be lost");

    // Passed on to Carillon by the other router, with the same headers but that of the address.
    let passed = |path: &str, cookie: &str| {
        let path = path.trim_start_matches(&format!("http://{host}"));
        let forwarded = [("x-forwarded-host", &*host), ("x-forwarded-proto", "http"), ("x-forwarded-for", "192.0.2.7")];
        let headers: Vec<_> = forwarded.into_iter().chain([("cookie", cookie)]).collect();
        get(&format!("{}{path}", server.url()), &headers)
    };
    let start = passed(location(&away), "none=");
    let proof = format!("carillon-check={}", start.cookie("carillon-check").expect("a proof"));
    let back = get(location(&start), &[("cookie", &browser.cookie)]);
    let entered = passed(location(&back), &proof);
    assert_eq!((entered.status, location(&entered)), (303, "/page?a=b&c=%C3%A9"), "{entered:?}");
    let name = format!("carillon-check-{}", app.id);
    let session = format!("{name}={}", entered.cookie(&name).expect("a cookie"));
    let allowed = asked("GET", "", &[("cookie", &session), ("remote-user", "root")]);
    assert_eq!((allowed.status, allowed.header("remote-user")), (200, Some(text("id"))), "{allowed:?}");
    for header in ["remote-email", "remote-name", "x-carillon-license", "x-carillon-features", "x-carillon-account"] {
        assert!(allowed.header(header).is_some(), "{header} replaces what a client made up: {allowed:?}");
    }
    assert_eq!(asked("POST", "", &[("cookie", &session)]).status, 200);
    assert_eq!(asked("GET", "&feature=no.such", &[("cookie", &session)]).status, 403);
    server.carillon("user suspend").arg(text("id")).run().ok();
    assert_eq!(asked("GET", "", &[("cookie", &session)]).status, 302, "the next request");
}

fn lets_through_who_may_enter(server: &Server, app: &App, proxy: &Proxy) {
    let person = server.demo_person("EnterpriseLWA").clone();
    let text = |member: &str| person[member].as_str().expect("text");
    let browser = Browser::sign_in(server.url(), text("address"), text("password"));

    let session = comes_in(proxy, &browser, app);
    goes_through(proxy, &session, &person);
    is_asked_for_more(server, proxy, &session, &person);
    is_let_in_by_token(server, proxy, app, &browser);

    server.carillon("user suspend").arg(text("id")).run().ok();
    let answer = proxy.get("/page", &[("cookie", &session)]);
    assert!(answer.status == 302 && answer.header("remote-user").is_none(), "the next request: {answer:?}");
    server.carillon("user activate").arg(text("id")).run().ok();
    assert_eq!(proxy.get("/page", &[("cookie", &session)]).status, 302, "nothing comes back");
}

/// Not signed in there; sent to sign in and back. Returns the cookie of the application's host.
fn comes_in(proxy: &Proxy, browser: &Browser, app: &App) -> String {
    let page = "/page?a=b&c=%C3%A9";
    let asked = proxy.get(page, &[("remote-user", "root")]);
    assert_eq!(asked.status, 302, "{asked:?}");
    let start = get(location(&asked), &[]);
    let proof = start.cookie("carillon-check").unwrap_or_else(|| panic!("no proof: {start:?}"));
    let authorize = location(&start).to_owned();
    let signed_in = get(&authorize, &[("cookie", &browser.cookie)]);
    let back = location(&signed_in).to_owned();
    assert!(back.starts_with(&format!("{}/.carillon/enter?code=", proxy.url)), "{back}");
    assert!(location(&get(&authorize, &[])).contains("/signin?"), "who is not signed in to Carillon signs in first");
    let stolen = get(&back, &[]);
    assert_eq!((stolen.status, stolen.all("set-cookie").count()), (400, 0), "in another browser: {stolen:?}");
    let proof = format!("carillon-check={proof}");
    let entered = get(&back, &[("cookie", &proof)]);
    assert_eq!((entered.status, location(&entered)), (303, page), "{entered:?}");
    assert_eq!(get(&back, &[("cookie", &proof)]).status, 400, "a code works once");
    let name = format!("carillon-check-{}", app.id);
    // Whoever presents it twice has lost what was made from it (RFC 6749 section 4.1.2): one more round.
    assert_eq!(
        proxy.get(page, &[("cookie", &format!("{name}={}", entered.cookie(&name).expect("a cookie")))]).status,
        302
    );
    let back = location(&get(&authorize, &[("cookie", &browser.cookie)])).to_owned();
    let entered = get(&back, &[("cookie", &proof)]);
    let set = entered.all("set-cookie").find(|set| set.starts_with(&name)).expect("a cookie");
    assert!(set.contains("HttpOnly") && set.contains("Path=/") && set.contains("SameSite=Lax"), "{set}");
    format!("{name}={}", entered.cookie(&name).expect("a cookie"))
}

fn goes_through(proxy: &Proxy, session: &str, person: &Value) {
    let spoofed = [("cookie", session), ("remote-user", "root"), ("x-carillon-license", "Pro"), ("remote-groups", "x")];
    let answer = proxy.get("/page?a=b", &spoofed);
    assert_eq!(answer.status, 200, "{answer:?}");
    let got = |name: &str| {
        let values: Vec<&str> = answer
            .body
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect();
        values.join(" and ")
    };
    assert!(answer.body.starts_with("GET /page?a=b HTTP/1"), "{}", answer.body);
    for (header, value) in [
        ("Remote-User", &person["id"]),
        ("Remote-Email", &person["address"]),
        ("X-Carillon-License", &person["license"]),
        ("X-Carillon-Account", &person["account"]),
    ] {
        assert_eq!(got(header), value.as_str().expect("text"), "{header}");
    }
    assert!(got("X-Carillon-Features").contains("meetings.join") && !got("Remote-Name").is_empty(), "{answer:?}");
}

/// What a place demands is decided with the person's license of this moment.
fn is_asked_for_more(server: &Server, proxy: &Proxy, session: &str, person: &Value) {
    let license = |license: &str| {
        server.carillon("user license").arg(license).arg(person["id"].as_str().expect("an id")).run().ok();
        ["/page", "/keep", "/pro"].map(|place| proxy.get(place, &[("cookie", session)]).status)
    };
    assert_eq!(license("Basic"), [200, 403, 403]);
    assert_eq!(license("Plus"), [200, 200, 403]);
    assert_eq!(license("Pro"), [200, 200, 200]);
    assert_eq!(license("Basic"), [200, 403, 403]);
}

/// Programs bring an access token that was made for this application.
fn is_let_in_by_token(server: &Server, proxy: &Proxy, app: &App, browser: &Browser) {
    let redirect = format!("{}/.carillon/enter", proxy.url);
    let other = App::register(server, "Other", None, &json!({}));
    let code = {
        let encoded = redirect.replace(':', "%3A").replace('/', "%2F");
        let request = app.request();
        let (head, _) = request.rsplit_once("redirect_uri=").expect("a redirect URI");
        let answer = browser.open(server.url(), &format!("{head}redirect_uri={encoded}"));
        let back = location(&answer).to_owned();
        back.split(['?', '&']).find_map(|part| part.strip_prefix("code=")).expect("a code").to_owned()
    };
    let tokens = app.exchange_at(server.url(), &code, &redirect).json();
    let bearer = |tokens: &Value| format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    assert_eq!(proxy.get("/page", &[("authorization", &bearer(&tokens))]).status, 200);
    let foreign = browser.enter(server.url(), &other);
    assert_eq!(proxy.get("/page", &[("authorization", &bearer(&foreign))]).status, 302, "made for another application");
    assert_eq!(proxy.get("/page", &[("authorization", "Bearer cao_0")]).status, 302);
}

/// Nobody is sent to a host that is not the application's, nor by who is no trusted proxy.
fn leads_nowhere_else(server: &Server, app: &App) {
    let check = format!("{}/check?application={}", server.url(), app.id);
    let asked = |headers: &[(&str, &str)]| {
        let answer = get(&check, headers);
        (answer.status, answer.header("location").is_some() || answer.header("x-carillon-sign-in").is_some())
    };
    assert_eq!(asked(&[]), (401, false));
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1"] {
        assert_eq!(asked(&[("x-original-url", &format!("http://{host}/"))]), (401, false), "{host}");
        let forwarded = [("x-forwarded-proto", "http"), ("x-forwarded-host", host), ("x-forwarded-uri", "/")];
        assert_eq!(asked(&forwarded), (401, false), "{host}");
    }
    let own = admin(server, "GET", &format!("/api/v1/applications/{}", app.id), &Value::Null);
    let uri = own["client"]["redirect_uris"][0].as_str().expect("a URI").to_owned();
    let host = uri.trim_start_matches("http://").split('/').next().expect("a host");
    let forwarded = [("x-forwarded-proto", "http"), ("x-forwarded-host", host), ("x-forwarded-uri", "/a")];
    assert_eq!(asked(&forwarded), (302, true), "as Traefik and Caddy ask");
    let posted = [("x-original-url", uri.as_str()), ("x-original-method", "POST")];
    assert_eq!(asked(&posted), (401, false), "what was sent along would be lost");
    assert_eq!(get(&format!("{}/check", server.url()), &[]).status, 400);
}
