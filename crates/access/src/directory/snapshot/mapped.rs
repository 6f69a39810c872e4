//! Which groups of a snapshot give which license, and who has it by them (rules 11 and 84).

use std::collections::{HashMap, HashSet};

use super::{DnKey, Snapshot};
use crate::BaseLicense;
use crate::directory::{EntryId, Mapping};

/// What a mapping came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// A group was found for the first time, or has another name now: the mappings are to be kept.
    pub changed: bool,
    /// Names that match no group.
    pub missing: Vec<String>,
    /// Names that match several groups: none of them is taken.
    pub ambiguous: Vec<String>,
}

/// The licenses that groups give, by mapping.
#[derive(Clone, Debug, Default)]
pub struct Granting {
    direct: HashMap<EntryId, BaseLicense>,
    nested: HashMap<EntryId, BaseLicense>,
}

impl Granting {
    /// From mappings; those without a group yet give nothing.
    pub fn of(mappings: &[Mapping]) -> Self {
        let mut granting = Self::default();
        for (id, mapping) in mappings.iter().filter_map(|mapping| Some((mapping.id?, mapping))) {
            let to = if mapping.nested { &mut granting.nested } else { &mut granting.direct };
            let best = to.entry(id).or_insert(mapping.license);
            *best = mapping.license.max(*best);
        }
        granting
    }
}

impl Snapshot {
    /// Finds the groups of mappings: by id, else by exact name or distinguished name, and by id from then on (rule 11). A
    /// group that is gone gives way to another one of its name only where an administrator has named it since (rule 84).
    pub fn resolve(&self, mappings: &mut [Mapping]) -> Resolved {
        let mut resolved = Resolved::default();
        for mapping in mappings {
            let found = match mapping.id {
                Some(id) if self.groups.contains_key(&id) => vec![id],
                Some(_) if !mapping.anew => Vec::new(),
                _ => self.named(&mapping.group),
            };
            match found[..] {
                [id] => resolved.changed |= self.is_meant(mapping, id),
                [] => resolved.missing.push(mapping.group.clone()),
                _ => resolved.ambiguous.push(mapping.group.clone()),
            }
            if std::mem::take(&mut mapping.anew) {
                resolved.changed = true;
                mapping.id = mapping.id.filter(|id| found[..] == [*id]);
            }
        }
        resolved
    }

    /// A mapping means this group from now on. Returns whether that is news.
    fn is_meant(&self, mapping: &mut Mapping, id: EntryId) -> bool {
        let name = self.groups.get(&id).map_or("", |known| known.name.as_str());
        let new = mapping.id != Some(id);
        // Who was mapped by a distinguished name stays shown by it.
        let renamed = !new && mapping.group != name && !mapping.group.contains('=');
        mapping.id = Some(id);
        if renamed {
            name.clone_into(&mut mapping.group);
        }
        new || renamed
    }

    fn named(&self, name: &str) -> Vec<EntryId> {
        if let Some(id) = DnKey::of(name).and_then(|key| self.by_dn.get(&key)) {
            return self.groups.contains_key(id).then_some(*id).into_iter().collect();
        }
        self.groups.iter().filter(|(_, group)| group.name == name).map(|(id, _)| *id).collect()
    }

    /// The highest license that somebody's groups give (rule 11); cycles of groups end.
    pub fn license_of(&self, person: EntryId, granting: &Granting) -> Option<BaseLicense> {
        let mut best = None;
        let mut next: Vec<EntryId> = self.parents.get(&person).cloned().unwrap_or_default();
        let mut seen = HashSet::new();
        for group in &next {
            best = best.max(granting.direct.get(group).copied());
        }
        while let Some(group) = next.pop() {
            if !seen.insert(group) {
                continue;
            }
            best = best.max(granting.nested.get(&group).copied());
            next.extend(self.parents.get(&group).into_iter().flatten());
        }
        best
    }
}
