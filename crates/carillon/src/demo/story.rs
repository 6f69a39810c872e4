//! What to paste next, printed by `serve --demo`.

use std::path::Path;

use super::Facts;

/// The main job, from the first list to the last question, for a shell in the project's folder.
pub fn story(facts: &Facts, data: &Path, program: &Path) -> String {
    let folder = program.parent().unwrap_or(Path::new("."));
    let Facts { url, access_key_id, secret_access_key, accounts, users, .. } = facts;
    let of =
        |account: &str| users.iter().filter(|user| user.account == account).map(|user| user.address.as_str()).nth(1);
    let (team, corp) = (&accounts.team, &accounts.enterprise);
    let (member, colleague) = (of(&team.id).unwrap_or_default(), of(&corp.id).unwrap_or_default());
    format!(
        r#"
Carillon answers at {url}. Every id, address, password and credential of the sample data: {demo}
Paste this into another terminal, line by line. End the server with Ctrl-C.

  # 0. whom to be, and where
  export PATH="{folder}:$PATH" CARILLON_DATA="{data}" AWS_ACCESS_KEY_ID={access_key_id}
  export AWS_SECRET_ACCESS_KEY={secret_access_key} AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
  # 1. who is there
  aws chime list-users --account-id {team_id} --endpoint-url {url} --output text \
    --query 'Users[].[PrimaryEmail,UserRegistrationStatus,LicenseType,UserId]'
  # 2. invite: one answer per address
  carillon user invite "{team_name}" "ada@example.org; bob@example.net; not-an-address"
  # 3. be Ada: open {url}/mail in a browser, follow the link, give a name and a password
  # 4. the sample application asks before it lets her host; so may she?
  python3 examples/meetings.py --demo "{demo}" host ada@example.org
  # 5. change her license with boto3, and ask again
  [ -x .venv/bin/python ] || (python3 -m venv .venv && .venv/bin/pip install --quiet boto3)
  .venv/bin/python examples/change_license.py --demo "{demo}" ada@example.org Basic
  python3 examples/meetings.py --demo "{demo}" host ada@example.org
  .venv/bin/python examples/change_license.py --demo "{demo}" ada@example.org Pro
  python3 examples/meetings.py --demo "{demo}" host ada@example.org
  # 6. suspend a user of the Enterprise account: no, because
  carillon user suspend {colleague} --reason "on leave"
  python3 examples/meetings.py --demo "{demo}" join {colleague}
  # 7. remove one from the Team
  carillon user remove {member}
  # 8. the whole story, and why
  carillon audit
  carillon explain ada@example.org --feature meetings.host
"#,
        demo = super::facts::path(data).display(),
        folder = folder.display(),
        data = data.display(),
        team_id = team.id,
        team_name = team.name,
    )
}
