//! Whether a password is somebody's: the reading account finds them, and a connection of its own binds as them.

use access::directory::{Connection, EntryId, Kind};
use ldap3::LdapResult;
use ldap3::controls::RawControl;
use service::directory::reach::{Compared, Failed, Whom};

use crate::ber;
use crate::connect::Outward;
use crate::failed;
use crate::names::Names;
use crate::session::{Ask, Session};

/// The control by which a server says why (draft-behera-ldap-password-policy-11 section 6).
const POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// Asks for a password. An empty one is never sent: it would be a bind without authentication, which succeeds (RFC 4513
/// section 5.1.2).
pub(crate) async fn compare(
    outward: &Outward,
    connection: &Connection,
    password: &str,
    whom: &Whom,
    theirs: &str,
) -> Result<Compared, Failed> {
    if theirs.is_empty() {
        return Ok(Compared::Wrong);
    }
    let names = Names::of(connection)?;
    let mut session = Session::open(outward, connection, password).await?;
    let Some((id, dn)) = found(&mut session, &names, whom).await? else { return Ok(Compared::Unknown) };
    // An empty name would be a bind without authentication too.
    if dn.is_empty() {
        return Ok(Compared::Unknown);
    }
    let link = outward.link(connection, session.url()).await?;
    // Active Directory has words of its own.
    let asks = (names.kind == Kind::OpenLdap).then(|| RawControl { ctype: POLICY.to_owned(), crit: false, val: None });
    let result = Session::unbound(link).bind_with(&dn, theirs, asks.into_iter().collect()).await?;
    meaning(&result, id)
}

/// The entry of whoever has a name.
pub(crate) async fn find(
    outward: &Outward,
    connection: &Connection,
    password: &str,
    name: &str,
) -> Result<Option<EntryId>, Failed> {
    let names = Names::of(connection)?;
    let mut session = Session::open(outward, connection, password).await?;
    Ok(found(&mut session, &names, &Whom::Principal(name.to_owned())).await?.map(|(id, _)| id))
}

/// The one person who is meant. Only who is read from the directory may sign in with it.
async fn found(session: &mut Session, names: &Names, whom: &Whom) -> Result<Option<(EntryId, String)>, Failed> {
    let filter = match whom {
        Whom::Entry(id) => names.with_id(*id),
        Whom::Principal(principal) if principal.is_empty() => return Ok(None),
        Whom::Principal(principal) => names.with_principal(principal),
    };
    let ask = Ask::below(&names.base, names.people_with(&filter), &[names.id.to_owned()]).at_most(2);
    let found = session.find(ask).await?;
    Ok(match found.as_slice() {
        [entry] => entry.id(names).map(|id| (id, entry.dn.clone())),
        _ => None,
    })
}

/// What the response of a password policy says (section 6.2). A grace login is one: the directory lets them in.
fn policy(result: &LdapResult) -> Option<&'static str> {
    let error = ber::parts(ber::control(&result.ctrls, POLICY)?)?.find(|part| part.id == 1)?;
    match (result.rc, ber::number(error)?) {
        (49, 0) => Some("password-expired"),
        (49, 1) => Some("account-locked"),
        // Bound, but for a change of the password alone.
        (0 | 49, 2) => Some("password-must-change"),
        _ => None,
    }
}

/// What the result of a person's bind says. Active Directory hides the reason in its text, as `data 52e` (MS-ERREF 2.2).
fn meaning(result: &LdapResult, id: EntryId) -> Result<Compared, Failed> {
    let code = result.text.split_once("data ").map(|(_, rest)| rest.split(',').next().unwrap_or_default().trim());
    if let Some(why) = policy(result) {
        return Ok(Compared::NotNow(why));
    }
    match (result.rc, code) {
        (0, _) => Ok(Compared::Right(id)),
        (49, Some("525")) => Ok(Compared::Unknown),
        (49, Some("530" | "531")) => Ok(Compared::NotNow("not-permitted-now")),
        (49, Some("532")) => Ok(Compared::NotNow("password-expired")),
        (49, Some("533")) => Ok(Compared::NotNow("account-disabled")),
        (49, Some("701")) => Ok(Compared::NotNow("account-expired")),
        (49, Some("773")) => Ok(Compared::NotNow("password-must-change")),
        (49, Some("775")) => Ok(Compared::NotNow("account-locked")),
        // They have no password there, or it is another, or the entry has gone meanwhile.
        (48 | 49 | 32, _) => Ok(Compared::Wrong),
        _ => Err(failed::of_result(result)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_codes_of_active_directory_have_their_meanings() {
        let says = |rc, text: &str| {
            let (matched, text) = (String::new(), text.to_owned());
            meaning(&LdapResult { rc, matched, text, refs: Vec::new(), ctrls: Vec::new() }, EntryId::nil())
        };
        let data = |code: &str| {
            says(
                49,
                &format!(
                    "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data {code}, v4563\0"
                ),
            )
        };
        for (code, compared) in [
            ("52e", Compared::Wrong),
            ("525", Compared::Unknown),
            ("530", Compared::NotNow("not-permitted-now")),
            ("531", Compared::NotNow("not-permitted-now")),
            ("532", Compared::NotNow("password-expired")),
            ("533", Compared::NotNow("account-disabled")),
            ("701", Compared::NotNow("account-expired")),
            ("773", Compared::NotNow("password-must-change")),
            ("775", Compared::NotNow("account-locked")),
            ("1", Compared::Wrong),
        ] {
            assert_eq!(data(code), Ok(compared), "{code}");
        }
        assert_eq!(says(0, ""), Ok(Compared::Right(EntryId::nil())));
        assert_eq!(says(49, ""), Ok(Compared::Wrong));
        for rc in [10, 14, 51, 52, 53, 80] {
            assert!(says(rc, "").is_err(), "{rc}");
        }
    }
}
