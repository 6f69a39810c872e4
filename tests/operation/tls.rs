//! PostgreSQL over TLS, with an authority of our own making. Every connection of a server counts: those of changes and
//! those of questions are of two drivers.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::cluster::{Cluster, give_to_postgres};
use crate::harness::clients::{Client, Ran};
use crate::harness::server::{Another, binary};

#[test]
fn both_drivers_keep_what_the_url_says_of_tls() {
    let certificates = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(certificates.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let (authority, other) = (make(certificates.path(), "db.example"), make_authority(certificates.path(), "other"));
    let file = |name: &str| certificates.path().join(name).display().to_string();
    let cluster = Cluster::start(&format!(
        "-c ssl=on -c ssl_cert_file={} -c ssl_key_file={}",
        file("server.crt"),
        file("server.key")
    ));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let by_name = cluster.url().replace("127.0.0.1", "localhost");
    let url = |base: &str, query: &str| format!("{base}?{query}");
    let verified = format!("sslmode=verify-full&sslrootcert={}", authority.display());

    for (query, encrypted) in
        [("", "t"), ("sslmode=prefer", "t"), ("sslmode=require", "t"), (&verified, "t"), ("sslmode=disable", "f")]
    {
        let server = Another::on_postgres(folder.path(), &url(&by_name, query));
        let token = token(folder.path(), &url(&by_name, query));
        let asked = ureq::post(format!("{}/access/v1/evaluation", server.url()))
            .header("authorization", format!("Bearer {token}"))
            .send_json(json!({
                "subject": {"type": "user", "id": "nobody@example.org"},
                "action": {"name": "use"}, "resource": {"type": "feature", "id": "meetings.join"},
            }));
        assert_eq!(asked.expect("an answer").status(), 200);
        let seen =
            "SELECT string_agg(DISTINCT ssl::text, ' '), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                    WHERE application_name = 'carillon'";
        let seen = cluster.sql(seen);
        let (ssl, count) = seen.split_once('|').expect("two columns");
        assert_eq!(ssl, if encrypted == "t" { "true" } else { "false" }, "{query}: {seen}");
        assert!(count.parse::<u32>().expect("a number") >= 3, "both drivers: {seen}");
    }

    let refused = |url: &str, word: &str| {
        let client = Client::new(&binary(), folder.path()).env("CARILLON_DATA", folder.path());
        let Ran { code, stderr, .. } = client.env("CARILLON_DATABASE_URL", url).args("account list").run();
        assert!(matches!(code, Some(2 | 4)) && stderr.contains(word), "{url}: {code:?} {stderr}");
    };
    let strange = format!("sslmode=verify-full&sslrootcert={}", other.display());
    refused(&url(&by_name, &strange), "certificate");
    refused(&url(&by_name, "sslmode=verify-full"), "certificate");
    refused(&url(cluster.url(), &verified), "certificate"); // 127.0.0.1 is not in it
    refused(&url(&by_name, "sslmode=verify-ca"), "verify-full");
    refused(&url(&by_name, "sslmode=verify-full&sslrootcert=/no/such/file"), "/no/such/file");

    // A server that offers no TLS, to who insists on it.
    let plain = Cluster::start("");
    refused(&url(plain.url(), "sslmode=require"), "TLS");
}

/// An application's token, whose every use is a question of the hot reader.
fn token(folder: &Path, url: &str) -> String {
    let carillon = |line: &str, more: &str| {
        let client = Client::new(&binary(), folder).env("CARILLON_DATA", folder).env("CARILLON_DATABASE_URL", url);
        client.args(line).args(more).run().json()
    };
    let application = carillon("application create Tls --audience anyone --json", "");
    let made = carillon("application token --json", application["id"].as_str().expect("an id"));
    made["token"].as_str().expect("a token").to_owned()
}

/// An authority and, signed by it, a certificate for `localhost` with its key, which PostgreSQL may read.
fn make(folder: &Path, name: &str) -> std::path::PathBuf {
    let authority = make_authority(folder, "authority");
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("a file");
    openssl(folder, &format!("req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN={name}"));
    openssl(
        folder,
        "x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.crt",
    );
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).expect("permissions");
    give_to_postgres(&folder.join("server.key"));
    authority
}

fn make_authority(folder: &Path, name: &str) -> std::path::PathBuf {
    openssl(
        folder,
        &format!("req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {name}.key -out {name}.crt -subj /CN={name}"),
    );
    folder.join(format!("{name}.crt"))
}

fn openssl(folder: &Path, line: &str) {
    let done = Command::new("openssl").args(line.split(' ')).current_dir(folder).output().expect("openssl runs");
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
}
