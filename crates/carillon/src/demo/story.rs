//! What to paste next, printed by `serve --demo`: the main job as the README tells it, with this start's values.

use std::path::Path;

use super::Facts;

const README: &str = include_str!("../../../../README.md");

/// The README's lines for a shell in the project's folder.
pub fn story(facts: &Facts, data: &Path, program: &Path) -> String {
    let folder = program.parent().unwrap_or(Path::new("."));
    let blocks = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines = blocks
        .collect::<Vec<_>>()
        .join("\n")
        .replace("$PWD/target/debug", &folder.display().to_string())
        .replace("$PWD/data", &data.display().to_string())
        .replace("$(jq -r .access_key_id \"$CARILLON_DATA/demo.json\")", &facts.access_key_id)
        .replace("$(jq -r .secret_access_key \"$CARILLON_DATA/demo.json\")", &facts.secret_access_key)
        .replace("$(jq -r .accounts.team.id \"$CARILLON_DATA/demo.json\")", &facts.accounts.team.id)
        .replace("http://127.0.0.1:8080", &facts.url);
    format!(
        "\nCarillon answers at {}. Every id, address, password and credential of the sample data: {}\n\
         The console: {}/console. Sign in as {}, with the operator's password from that file.\n\
         Paste this into another terminal, line by line. End the server with Ctrl-C.\n\n{lines}",
        facts.url,
        super::facts::path(data).display(),
        facts.url,
        facts.operator.address,
    )
}
