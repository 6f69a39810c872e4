//! README and `docs/`: what they link to is there, and the pictures are those of the guide.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::source::{extension, files, root};

/// README, CHANGELOG and the pages of `docs/`.
fn pages() -> Vec<PathBuf> {
    let docs = files("docs", |path| extension(path) == "md");
    docs.into_iter().chain(["README.md", "CHANGELOG.md"].map(|name| root().join(name))).collect()
}

/// Where the links of a page lead, outside its examples.
fn links(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let prose = text.split("```").step_by(2).collect::<String>();
    prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link.to_owned()).collect()
}

/// The anchors of a page: its headings in lower case, without punctuation, with hyphens for spaces.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(page).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let kept = |heading: &str| {
        let lower = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        lower.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect()
    };
    headings.map(kept).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        for link in links(&page).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').map_or((&*link, None), |(file, anchor)| (file, Some(anchor)));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let there = target.exists() && anchor.is_none_or(|anchor| anchors(&target).contains(anchor));
            if !there {
                broken.push(format!("{}: {link}", page.file_name().unwrap().display()));
            }
        }
    }
    assert!(broken.is_empty(), "these links lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn every_picture_is_in_the_guide() {
    let named: BTreeSet<_> = links(&root().join("docs/guide.md"))
        .into_iter()
        .filter_map(|link| link.strip_prefix("pictures/").map(ToOwned::to_owned))
        .collect();
    let folder = fs::read_dir(root().join("docs/pictures")).unwrap();
    let kept: BTreeSet<_> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(kept, named, "`make pictures` makes them anew");
}
