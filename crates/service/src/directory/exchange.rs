//! People who take over addresses of each other, two or any number around: each can have theirs only when all of them are
//! changed at once. So their commands are done in one transaction (rules 19 and 88).

use std::collections::{HashMap, HashSet};

use access::authority::{Action, Over};
use access::change::Entry;
use access::directory::{Command, EntryId, Fate, Stored};
use access::{AccountId, Domain, User, UserId};

use crate::{Context, Error, Service};

/// Commands in the order in which they are done.
pub(super) struct Ordered {
    pub commands: Vec<Command>,
    /// Whether a command is done together with the next one.
    bound: Vec<bool>,
}

impl Ordered {
    /// Where a piece of so many commands ends that begins there.
    pub(super) fn end(&self, from: usize, length: usize) -> usize {
        let mut end = self.commands.len().min(from + length);
        while end < self.commands.len() && self.bound.get(end - 1) == Some(&true) {
            end += 1;
        }
        end
    }
}

impl Service {
    /// The same commands: whoever is to have an address stands beside who has it now and is changed as well.
    pub(super) async fn ordered(
        &self,
        cx: &Context,
        account: AccountId,
        commands: Vec<Command>,
    ) -> Result<Ordered, Error> {
        let wishes =
            || commands.iter().enumerate().filter_map(|(at, command)| Some((at, command.id(), known(command)?)));
        let (ids, keys): (Vec<_>, Vec<_>) = wishes().map(|(_, id, wish)| (id, wish.mail.key().to_owned())).unzip();
        let read = self.permitted(cx, Action::ManageDirectory, Over::Account(account))?;
        let stored = read.directory_entries(Some(&ids)).await?;
        let holders = read.members_by_address(&keys).await?;
        let places: HashMap<UserId, usize> =
            wishes().filter_map(|(at, id, _)| Some((stored.get(&id)?.user, at))).collect();
        let mut groups = Groups::default();
        for (at, _, wish) in wishes() {
            if let Some(holder) = holders.get(wish.mail.key()).and_then(|holder| places.get(holder)) {
                groups.join(at, *holder);
            }
        }
        Ok(groups.order(commands))
    }
}

/// The entry in a command about somebody who is known.
fn known(command: &Command) -> Option<&Entry> {
    match command {
        Command::Has { entry, fate, .. } if *fate != Fate::Join => Some(entry),
        _ => None,
    }
}

/// Places that belong together, each by the one that stands for all of its group.
#[derive(Default)]
struct Groups(HashMap<usize, usize>);

impl Groups {
    fn of(&self, mut place: usize) -> usize {
        while let Some(next) = self.0.get(&place) {
            place = *next;
        }
        place
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        if one != other {
            // The first stands for them: nobody is done later than before.
            self.0.insert(one.max(other), one.min(other));
        }
    }

    fn order(self, commands: Vec<Command>) -> Ordered {
        if self.0.is_empty() {
            return Ordered { commands, bound: Vec::new() };
        }
        let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut others: Vec<usize> = self.0.keys().copied().collect();
        others.sort_unstable();
        for place in others {
            members.entry(self.of(place)).or_default().push(place);
        }
        let mut left: Vec<Option<Command>> = commands.into_iter().map(Some).collect();
        let (mut commands, mut bound) = (Vec::with_capacity(left.len()), Vec::with_capacity(left.len()));
        for place in 0..left.len() {
            let group = std::iter::once(place).chain(members.remove(&place).unwrap_or_default());
            let together: Vec<Command> = group.filter_map(|place| left.get_mut(place)?.take()).collect();
            bound.extend((1..=together.len()).map(|nth| nth < together.len()));
            commands.extend(together);
        }
        Ordered { commands, bound }
    }
}

/// Those of the commands' people who can all have the address that the directory gives them, once all of them are changed:
/// nobody has it now, or somebody who gives it up with this.
pub(super) fn exchanging(
    commands: &[Command],
    stored: &HashMap<EntryId, Stored>,
    people: &HashMap<UserId, User>,
    holders: &HashMap<String, UserId>,
    (account, own): (AccountId, &HashSet<Domain>),
) -> HashSet<UserId> {
    let linked = commands.iter().filter_map(|command| {
        let user = people.get(&stored.get(&command.id())?.user)?;
        Some((user, known(command)?))
    });
    let here = |user: &User| user.membership.is_none_or(|membership| membership.account == account);
    let linked: Vec<(&User, &Entry)> = linked.filter(|(user, _)| here(user)).collect();
    let wishes: HashMap<UserId, &Entry> = linked.iter().map(|(user, wish)| (user.id, *wish)).collect();
    let mut wanted = HashSet::new();
    let moves = |user: &User, wish: &Entry| {
        user.primary.key() != wish.mail.key() && wish.own_domain && own.contains(&wish.mail.domain())
    };
    let mut moving: HashSet<UserId> = linked
        .iter()
        .filter(|(user, wish)| moves(user, wish) && wanted.insert(wish.mail.key()))
        .map(|(user, _)| user.id)
        .collect();
    loop {
        let gives_up = |holder: &UserId, key: &str| {
            let (Some(user), Some(wish)) = (people.get(holder), wishes.get(holder)) else { return false };
            let keeps = wish.secondary.iter().any(|address| address.key() == key);
            !keeps && (user.primary.key() != key || moving.contains(holder))
        };
        let stays = |user: &UserId| {
            let Some(wish) = wishes.get(user) else { return false };
            holders.get(wish.mail.key()).is_none_or(|holder| holder == user || gives_up(holder, wish.mail.key()))
        };
        let next: HashSet<UserId> = moving.iter().copied().filter(stays).collect();
        if next.len() == moving.len() {
            return moving;
        }
        moving = next;
    }
}
