//! A small model of the rules, written from `docs/rules.md` alone: it may not use the code it is compared with.
//!
//! People, accounts and domains are numbers, time is hours, an answer is `Ok` or the code of the refusal.

use std::collections::{BTreeMap, BTreeSet};

pub type Answer = Result<(), &'static str>;

/// Licenses, lowest first.
const BASIC: usize = 0;
pub const PLUS: usize = 1;
const PRO: usize = 2;
const TRIAL: usize = 3;

/// The domain of each person's address; nobody can claim the last one's.
pub const DOMAIN_OF: [Option<usize>; 5] = [Some(0), Some(0), Some(0), Some(1), None];

#[derive(Debug, Default, Clone)]
pub struct Person {
    pub registered: bool,
    pub account: Option<usize>,
    /// Suspended until then; `i64::MAX` for ever.
    pub suspended: Option<i64>,
    pub blocked: bool,
    /// What a source said: enabled, and the license of the groups.
    pub entry: Option<(bool, Option<usize>)>,
    pub license: usize,
    /// Since when, and for which license.
    pub waiting: Option<(i64, usize)>,
    pub trial_until: Option<i64>,
}

#[derive(Debug, Default, Clone)]
pub struct Organisation {
    /// A directory is connected.
    pub sourced: bool,
    pub default: usize,
    pub limits: [Option<u32>; 3],
}

#[derive(Debug, Default)]
pub struct Model {
    pub now: i64,
    pub people: [Person; 5],
    pub accounts: [Organisation; 2],
    pub owner: [Option<usize>; 2],
    pub owned_once: BTreeSet<(usize, usize)>,
    /// Open invitations of an account to a person, with the hour they expire.
    pub invitations: BTreeMap<(usize, usize), i64>,
}

impl Model {
    pub fn suspended(&self, p: usize) -> bool {
        self.people[p].suspended.is_some_and(|until| self.now < until)
    }

    pub fn manager(&self, p: usize) -> Option<usize> {
        DOMAIN_OF[p].and_then(|domain| self.owner[domain])
    }

    pub fn may_sign_in(&self, p: usize) -> bool {
        let person = &self.people[p];
        let in_place = match person.account {
            None => self.manager(p).is_none(),
            Some(a) if self.sourced(a) => matches!(person.entry, Some((true, Some(_)))),
            Some(_) => true,
        };
        in_place && person.registered && !person.blocked && !self.suspended(p)
    }

    pub fn license(&self, p: usize) -> usize {
        let person = &self.people[p];
        let on_trial = person.trial_until.is_some_and(|until| self.now < until);
        let plus_group = matches!(person.entry, Some((_, Some(PLUS))));
        let may_try = plus_group || !person.account.is_some_and(|a| self.sourced(a));
        if on_trial && may_try && person.license != PRO { TRIAL } else { person.license }
    }

    pub fn used(&self, a: usize, license: usize) -> u32 {
        self.people.iter().filter(|person| person.account == Some(a) && person.license == license).count() as u32
    }

    pub fn sourced(&self, a: usize) -> bool {
        self.accounts[a].sourced
    }

    pub fn team(&self, a: usize) -> bool {
        !self.owner.contains(&Some(a))
    }

    fn left(&self, a: usize, license: usize) -> bool {
        self.accounts[a].limits[license].is_none_or(|limit| self.used(a, license) < limit)
    }

    fn held(&self, p: usize) -> bool {
        self.suspended(p) || self.people[p].blocked
    }

    fn join(&mut self, p: usize, a: usize, wanted: usize) -> Answer {
        let given = if self.left(a, wanted) { wanted } else { BASIC };
        self.invitations.remove(&(a, p));
        let person = &mut self.people[p];
        (person.account, person.license) = (Some(a), given);
        person.waiting = (given != wanted).then_some((self.now, wanted));
        Ok(())
    }

    fn part(&mut self, p: usize) {
        let person = &mut self.people[p];
        (person.account, person.license, person.waiting) = (None, BASIC, None);
        (person.trial_until, person.suspended, person.entry) = (None, None, None);
    }

    fn first_registration(&mut self, p: usize) {
        let person = &mut self.people[p];
        if !person.registered {
            person.trial_until = Some(self.now + 30 * 24);
        }
        person.registered = true;
    }

    /// Who waits gets what is free, the longest waiting first.
    pub fn hand_out(&mut self) {
        let turn = |model: &Self, p: usize| {
            let (since, wanted) = model.people[p].waiting?;
            model.left(model.people[p].account?, wanted).then_some((since, p, wanted))
        };
        while let Some((_, p, wanted)) = (0..self.people.len()).filter_map(|p| turn(self, p)).min() {
            (self.people[p].license, self.people[p].waiting) = (wanted, None);
        }
    }

    pub fn register(&mut self, p: usize) -> Answer {
        refuse(self.held(p), "person-suspended")?;
        let place = self.people[p].account.or(self.manager(p));
        let comes_back = self.people[p].account.is_none() && place.is_some_and(|a| !self.sourced(a));
        refuse(self.people[p].registered && !comes_back, "already-registered")?;
        if let Some(a) = place {
            let group = self.people[p].entry.and_then(|(enabled, license)| license.filter(|_| enabled));
            refuse(self.sourced(a) && group.is_none(), "not-in-source")?;
            if self.people[p].account.is_none() {
                let wanted = group.filter(|_| self.sourced(a)).unwrap_or(self.accounts[a].default);
                self.join(p, a, wanted)?;
            }
        }
        self.first_registration(p);
        Ok(())
    }

    pub fn invite(&mut self, a: usize, p: usize) -> Answer {
        refuse(self.people[p].account == Some(a), "already-member")?;
        refuse(self.manager(p).is_some_and(|owner| owner != a), "domain-claimed")?;
        if self.team(a) {
            self.invitations.insert((a, p), self.now + 14 * 24);
            return Ok(());
        }
        refuse(self.manager(p).is_none(), "not-on-own-domain")
    }

    pub fn accept(&mut self, a: usize, p: usize, leave: bool) -> Answer {
        let open = self.invitations.get(&(a, p)).is_some_and(|expires| self.now < *expires);
        refuse(!open, "invitation-closed")?;
        refuse(self.manager(p).is_some_and(|owner| owner != a), "domain-claimed")?;
        refuse(self.sourced(a), "not-in-source")?;
        refuse(self.held(p), "person-suspended")?;
        if let Some(current) = self.people[p].account {
            refuse(current == a, "already-member")?;
            refuse(!self.team(current), "managed-elsewhere")?;
            refuse(!leave, "must-leave-team")?;
            self.part(p);
        }
        self.first_registration(p);
        self.join(p, a, self.accounts[a].default)
    }

    pub fn create(&mut self, a: usize, p: usize) -> Answer {
        refuse(self.sourced(a), "managed-by-source")?;
        refuse(self.manager(p) != Some(a), "not-on-own-domain")?;
        refuse(self.people[p].account.is_some(), "already-exists")?;
        self.join(p, a, self.accounts[a].default)
    }

    pub fn assign(&mut self, a: usize, people: &[usize], license: usize) -> Answer {
        refuse(self.sourced(a), "license-by-group")?;
        let needed = people.iter().filter(|p| self.people[**p].license != license).count() as u32;
        let limit = self.accounts[a].limits[license];
        refuse(needed > 0 && limit.is_some_and(|limit| self.used(a, license) + needed > limit), "no-seats-left")?;
        for p in people {
            let person = &mut self.people[*p];
            (person.license, person.waiting, person.trial_until) = (license, None, None);
        }
        Ok(())
    }

    pub fn suspend(&mut self, a: usize, p: usize, hours: Option<i64>) -> Answer {
        refuse(self.team(a), "team-cannot-suspend")?;
        self.people[p].suspended = Some(hours.map_or(i64::MAX, |hours| self.now + hours));
        Ok(())
    }

    pub fn activate(&mut self, p: usize) -> Answer {
        refuse(!self.suspended(p), "not-suspended")?;
        self.people[p].suspended = None;
        Ok(())
    }

    pub fn remove(&mut self, a: usize, p: usize) -> Answer {
        let held_by_domain = !self.team(a) && self.manager(p) == Some(a);
        refuse(held_by_domain, "managed-by-domain")?;
        self.part(p);
        Ok(())
    }

    pub fn leave(&mut self, p: usize) -> Answer {
        let a = self.people[p].account.ok_or("not-a-member")?;
        refuse(self.held(p), "person-suspended")?;
        self.remove(a, p)
    }

    pub fn verify(&mut self, a: usize, domain: usize) -> Answer {
        refuse(self.owner[domain].is_some(), "domain-claimed")?;
        self.owner[domain] = Some(a);
        self.invitations.retain(|(inviting, p), _| *inviting == a || DOMAIN_OF[*p] != Some(domain));
        for p in (0..DOMAIN_OF.len()).filter(|p| DOMAIN_OF[*p] == Some(domain)) {
            match self.people[p].account {
                None if !self.people[p].registered || self.sourced(a) => continue,
                None => {}
                Some(former) if former != a && self.suspended(p) && self.owned_once.contains(&(former, domain)) => {
                    let kept = self.people[p].suspended;
                    self.part(p);
                    self.people[p].suspended = kept;
                }
                Some(_) => continue,
            }
            self.join(p, a, self.accounts[a].default)?;
        }
        self.owned_once.insert((a, domain));
        Ok(())
    }

    pub fn release(&mut self, a: usize, domain: usize) {
        self.owner[domain] = None;
        self.accounts[a].sourced &= !self.team(a);
        for p in (0..DOMAIN_OF.len()).filter(|p| DOMAIN_OF[*p] == Some(domain)) {
            match self.people[p].account {
                Some(current) if current == a && self.suspended(p) => self.people[p].entry = None,
                Some(current) if current == a => self.part(p),
                _ => {}
            }
        }
    }

    pub fn source_has(&mut self, a: usize, p: usize, enabled: bool, group: Option<usize>) -> Answer {
        refuse(self.people[p].account.is_some_and(|current| current != a), "managed-elsewhere")?;
        let (known, comes) = (self.people[p].entry.is_some(), group.is_some());
        if !known && !comes {
            return Ok(());
        }
        let enters = !known || (comes && self.people[p].account.is_none());
        refuse(enters && self.manager(p) != Some(a), "not-on-own-domain")?;
        self.first_registration(p);
        self.people[p].entry = Some((enabled, group));
        let wanted = group.unwrap_or(BASIC);
        let has = self.people[p].waiting.map_or(self.people[p].license, |(_, license)| license);
        match self.people[p].account {
            None if comes => self.join(p, a, wanted),
            Some(_) if has != wanted => self.join(p, a, wanted),
            _ => Ok(()),
        }
    }

    pub fn source_lost(&mut self, a: usize, p: usize) {
        if self.people[p].account.is_some_and(|current| current != a) {
            return;
        }
        let kept = self.people[p].suspended;
        self.part(p);
        self.people[p].suspended = kept;
        self.people[p].entry = Some((false, None));
    }

    pub fn connect(&mut self, a: usize) -> Answer {
        refuse(self.team(a), "no-verified-domain")?;
        refuse(self.sourced(a), "source-connected")?;
        self.accounts[a].sourced = true;
        Ok(())
    }

    pub fn disconnect(&mut self, a: usize) -> Answer {
        refuse(!self.sourced(a), "no-source")?;
        self.accounts[a].sourced = false;
        Ok(())
    }
}

fn refuse(when: bool, code: &'static str) -> Answer {
    if when { Err(code) } else { Ok(()) }
}
