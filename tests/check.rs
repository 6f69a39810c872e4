//! A reverse proxy asks before each request: real nginx, with the configuration that `carillon application create` prints,
//! before an application that shows the headers it gets.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::clients::Client;
use crate::harness::oidc::{App, Browser, admin, agent};
use crate::harness::server::{Server, unlimited};
use crate::harness::web::Answer;
use crate::harness::{Engine, on_both_engines};

on_both_engines!(nginx_lets_through_who_may_enter);

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

/// Debian's nginx. Dropping it ends it.
struct Nginx {
    process: Child,
    url: String,
}

impl Nginx {
    /// Before the application, on a port that is free. `configuration` is what stands in its server, and what is to be
    /// demanded at further places.
    fn start(folder: &Path, configuration: &str, port: u16) -> Self {
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
        let log = fs::File::create(folder.join("nginx.log")).expect("a log");
        let process = command.stdin(Stdio::null()).stderr(log).spawn().expect("nginx starts");
        let nginx = Self { process, url: format!("http://127.0.0.1:{port}") };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return nginx;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("nginx did not start: {}", fs::read_to_string(folder.join("nginx.log")).unwrap_or_default());
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        get(&format!("{}{path}", self.url), headers)
    }
}

impl Drop for Nginx {
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

/// What is printed for nginx, before another application, and with two more places that demand more.
fn configuration(server: &Server, app: &App, upstream: u16) -> String {
    let printed = include_str!("../crates/carillon/src/configurations/nginx.conf");
    let printed = printed.replace("{issuer}", server.url()).replace("{client_id}", &app.id);
    let printed = printed.replace("127.0.0.1:3000", &format!("127.0.0.1:{upstream}"));
    let mut whole = printed.clone();
    for (place, demand) in [("keep", "feature=chat.keep-history"), ("pro", "license=Pro")] {
        let (enter, rest) = printed.split_once("location = /carillon-check {").expect("the check");
        let (check, _) = rest.split_once('}').expect("its end");
        let enter = enter.replace("location / {", &format!("location /{place} {{"));
        whole += &enter.replace("/carillon-check;", &format!("/carillon-check-{place};"));
        whole += &format!("location = /carillon-check-{place} {{{check}}}")
            .replace(&format!("application={}", app.id), &format!("application={}&{demand}", app.id));
    }
    whole
}

fn location(answer: &Answer) -> &str {
    answer.header("location").unwrap_or_else(|| panic!("sent nowhere: {answer:?}"))
}

fn nginx_lets_through_who_may_enter(engine: Engine) {
    let server = Server::start_with(engine, |_| {
        let mut settings = unlimited();
        settings.push(("CARILLON_TRUSTED_PROXIES", "127.0.0.1".into()));
        settings
    });
    let port = free_port();
    let enter = format!("http://127.0.0.1:{port}/.carillon/enter");
    let client = json!({ "client": { "redirect_uris": [enter] } });
    let app = App::register(&server, "Wiki", None, &client);
    let nginx = Nginx::start(server.folder(), &configuration(&server, &app, application()), port);
    let person = server.demo_person("EnterpriseLWA").clone();
    let text = |member: &str| person[member].as_str().expect("text");
    let browser = Browser::sign_in(server.url(), text("address"), text("password"));

    let session = comes_in(&nginx, &browser, &app);
    goes_through(&nginx, &session, &person);
    is_asked_for_more(&server, &nginx, &session, &person);
    is_let_in_by_token(&server, &nginx, &app, &browser);
    leads_nowhere_else(&server, &app);

    server.carillon("user suspend").arg(text("id")).run().ok();
    let answer = nginx.get("/page", &[("cookie", &session)]);
    assert!(answer.status == 302 && answer.header("remote-user").is_none(), "the next request: {answer:?}");
    server.carillon("user activate").arg(text("id")).run().ok();
    assert_eq!(nginx.get("/page", &[("cookie", &session)]).status, 302, "nothing comes back");
}

/// Not signed in there; sent to sign in and back. Returns the cookie of the application's host.
fn comes_in(nginx: &Nginx, browser: &Browser, app: &App) -> String {
    let page = "/page?a=b&c=%C3%A9";
    let asked = nginx.get(page, &[("remote-user", "root")]);
    assert_eq!(asked.status, 302, "{asked:?}");
    let start = get(location(&asked), &[]);
    let proof = start.cookie("carillon-check").unwrap_or_else(|| panic!("no proof: {start:?}"));
    let authorize = location(&start).to_owned();
    let signed_in = get(&authorize, &[("cookie", &browser.cookie)]);
    let back = location(&signed_in).to_owned();
    assert!(back.starts_with(&format!("{}/.carillon/enter?code=", nginx.url)), "{back}");
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
        nginx.get(page, &[("cookie", &format!("{name}={}", entered.cookie(&name).expect("a cookie")))]).status,
        302
    );
    let back = location(&get(&authorize, &[("cookie", &browser.cookie)])).to_owned();
    let entered = get(&back, &[("cookie", &proof)]);
    let set = entered.all("set-cookie").find(|set| set.starts_with(&name)).expect("a cookie");
    assert!(set.contains("HttpOnly") && set.contains("Path=/") && set.contains("SameSite=Lax"), "{set}");
    format!("{name}={}", entered.cookie(&name).expect("a cookie"))
}

fn goes_through(nginx: &Nginx, session: &str, person: &Value) {
    let spoofed = [("cookie", session), ("remote-user", "root"), ("x-carillon-license", "Pro"), ("remote-groups", "x")];
    let answer = nginx.get("/page?a=b", &spoofed);
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
fn is_asked_for_more(server: &Server, nginx: &Nginx, session: &str, person: &Value) {
    let license = |license: &str| {
        server.carillon("user license").arg(license).arg(person["id"].as_str().expect("an id")).run().ok();
        ["/page", "/keep", "/pro"].map(|place| nginx.get(place, &[("cookie", session)]).status)
    };
    assert_eq!(license("Basic"), [200, 403, 403]);
    assert_eq!(license("Plus"), [200, 200, 403]);
    assert_eq!(license("Pro"), [200, 200, 200]);
    assert_eq!(license("Basic"), [200, 403, 403]);
}

/// Programs bring an access token that was made for this application.
fn is_let_in_by_token(server: &Server, nginx: &Nginx, app: &App, browser: &Browser) {
    let redirect = format!("{}/.carillon/enter", nginx.url);
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
    assert_eq!(nginx.get("/page", &[("authorization", &bearer(&tokens))]).status, 200);
    let foreign = browser.enter(server.url(), &other);
    assert_eq!(nginx.get("/page", &[("authorization", &bearer(&foreign))]).status, 302, "made for another application");
    assert_eq!(nginx.get("/page", &[("authorization", "Bearer cao_0")]).status, 302);
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
