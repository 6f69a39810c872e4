//! Erasing a person: what is left of them besides their own row (rule 75).

use access::{Email, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use uuid::Uuid;

use super::Write;
use crate::Error;
use crate::entity::{invitations, person_keys};
use crate::write::rows::{CHUNK, padded};

/// The tables whose rows are a person's own and go with them.
const OWN: [&str; 12] = [
    "sessions",
    "authorizations",
    "consents",
    "links",
    "passwords",
    "unproved_addresses",
    "totps",
    "recovery_codes",
    "passkeys",
    "upstream_links",
    "directory_entries",
    "directory_confirmations",
];

impl Write {
    /// Deletes what is a person's own, and puts `nowhere` in the place of their address where an invitation that they
    /// accepted still has it. Returns the ids of these invitations: facts of the person are sealed under them, too.
    pub async fn forget(&mut self, user: UserId, nowhere: &Email) -> Result<Vec<Uuid>, Error> {
        let backend = self.transaction.get_database_backend();
        for table in OWN {
            let sql = format!("DELETE FROM {table} WHERE user_id = $1");
            self.transaction.execute_raw(Statement::from_sql_and_values(backend, sql, [user.0.into()])).await?;
        }
        let address = invitations::ActiveModel {
            address: Set(nowhere.as_typed().to_owned()),
            address_key: Set(nowhere.key().to_owned()),
            domain: Set(nowhere.domain().to_string()),
            ..Default::default()
        };
        let accepted = invitations::Entity::update_many().set(address);
        let accepted = accepted.filter(invitations::Column::AcceptedBy.eq(user.0));
        let accepted = accepted.exec_with_returning(&self.transaction).await?;
        Ok(accepted.into_iter().map(|row| row.id).collect())
    }

    /// Deletes the keys of persons: what was sealed under them is gone for good, everywhere (rule 25).
    pub async fn erase(&mut self, persons: &[Uuid]) -> Result<(), Error> {
        for chunk in persons.chunks(CHUNK) {
            let of = person_keys::Column::Person.is_in(padded(chunk));
            person_keys::Entity::delete_many().filter(of).exec(&self.transaction).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::OWN;
    use crate::migrate::MIGRATIONS;

    /// What refers to a person and stays when they are erased: it tells nothing of them, or [`super::Write::forget`] and
    /// the verb see to it.
    const STAYS: [&str; 4] = ["addresses", "invitations", "trial_notices", "grants"];

    /// Whoever adds a table of a person's things must add it to [`OWN`], too.
    #[test]
    fn every_reference_to_a_person_is_erased_with_them() {
        for (_, text) in MIGRATIONS {
            let mut table = "";
            for line in text.lines() {
                if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                    table = rest.split(' ').next().unwrap_or_default();
                }
                let known = OWN.contains(&table) || STAYS.contains(&table);
                assert!(known || !line.contains("REFERENCES users (id)"), "{table} is not erased with its person");
            }
        }
    }
}
