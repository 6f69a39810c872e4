//! The layers that settings come from, and the errors that name the layer and the key.

use std::path::{Path, PathBuf};

use figment::error::Actual;
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::table::{PREFIX, Row, TABLE, nearest};
use super::{Flags, Settings};
use crate::failure::Failure;

/// The variable that names the file, beside the flag `--config`.
const CONFIG: &str = "CARILLON_CONFIG";

/// Texts by key, from the environment or from flags; their types are found when they are read.
struct Texts {
    origin: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Provider for Texts {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut all = Dict::new();
        self.values.iter().for_each(|(key, text)| insert(&mut all, key, text));
        Ok(Profile::Default.collect(all))
    }
}

fn insert(within: &mut Dict, key: &str, text: &str) {
    match key.split_once('.') {
        None => {
            within.insert(key.to_owned(), Value::from(text));
        }
        Some((table, rest)) => {
            let inner = within.entry(table.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, inner) = inner {
                insert(inner, rest, text);
            }
        }
    }
}

/// All layers, the strongest last.
pub fn read(config: Option<&Path>, flags: &Flags) -> Result<Figment, Failure> {
    let environment = environment(
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    )?;
    let flags = Texts { origin: "flag", values: flags.0.clone() };
    let layers = Figment::from(Serialized::defaults(Settings::default()));
    let layers = match file(config, &environment, &flags)? {
        Some(path) => layers.merge(from_file(&path)?),
        None => layers,
    };
    Ok(layers.merge(environment).merge(flags))
}

/// The file to read: the one that was named, or `carillon.toml` in the data folder if it is there.
fn file(config: Option<&Path>, environment: &Texts, flags: &Texts) -> Result<Option<PathBuf>, Failure> {
    if let Some(path) = config.map(Path::to_owned).or_else(|| std::env::var_os(CONFIG).map(PathBuf::from)) {
        return Ok(Some(path));
    }
    let given = flags.values.iter().chain(&environment.values).find(|(key, _)| *key == "data");
    let data = given.map_or_else(|| Settings::default().data, |(_, value)| PathBuf::from(value));
    let path = data.join("carillon.toml");
    Ok(path.exists().then_some(path))
}

fn from_file(path: &Path) -> Result<impl Provider, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", path.display())))?;
    let values: Dict =
        Toml::from_str(&text).map_err(|error| Failure::usage(format!("{} is not TOML: {error}", path.display())))?;
    let mut unknown = Vec::new();
    find_unknown(&values, "", &mut unknown);
    match unknown.first() {
        Some(key) => Err(misspelt(&format!("{} sets {key}", path.display()), nearest(key, |row| row.key.to_owned()))),
        None => Ok(Toml::file_exact(path)),
    }
}

fn find_unknown(values: &Dict, within: &str, unknown: &mut Vec<String>) {
    for (name, value) in values {
        let key = format!("{within}{name}");
        match value {
            _ if TABLE.iter().any(|row| row.key == key) => {}
            Value::Dict(_, inner) if TABLE.iter().any(|row| row.key.starts_with(&format!("{key}."))) => {
                find_unknown(inner, &format!("{key}."), unknown);
            }
            _ => unknown.push(key),
        }
    }
}

/// The `CARILLON_*` variables that are settings. One that looks like a misspelt setting is an error; others are
/// somebody else's business (a script may well keep a `CARILLON_TOKEN` there).
fn environment(variables: impl Iterator<Item = (String, String)>) -> Result<Texts, Failure> {
    let mut values = Vec::new();
    for (name, value) in variables.filter(|(name, _)| name.starts_with(PREFIX) && name != CONFIG) {
        match TABLE.iter().find(|row| row.variable() == name) {
            Some(row) => values.push((row.key, value)),
            None => {
                let close = |near: &String| strsim::damerau_levenshtein(near, &name) <= 2;
                if let Some(near) = nearest(&name, Row::variable).filter(close) {
                    return Err(misspelt(&format!("the environment sets {name}"), Some(near)));
                }
            }
        }
    }
    Ok(Texts { origin: "environment", values })
}

fn misspelt(what: &str, nearest: Option<String>) -> Failure {
    let hint =
        nearest.map_or_else(|| "`carillon config` lists them all".to_owned(), |near| format!("did you mean {near}?"));
    Failure::usage(format!("{what}, which is no setting; {hint}"))
}

/// What was wrong with a value, in the words of the layer it came from.
pub fn explain(error: &figment::Error) -> Failure {
    use figment::error::Kind;
    let key = error.path.join(".");
    let place = error.metadata.as_ref().map_or("default".to_owned(), origin);
    let secret = TABLE.iter().any(|row| row.key == key && row.show != super::Show::Plainly);
    let found = |actual: &Actual| if secret { "something else".to_owned() } else { actual.to_string() };
    let why = match &error.kind {
        Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
            format!("expected {expected}, found {}", found(actual))
        }
        Kind::UnknownVariant(variant, known) => format!("`{variant}` is none of {}", known.join(", ")),
        other => other.to_string(),
    };
    Failure::usage(format!("the setting {key} (from {place}) is not usable: {why}"))
}

/// `default`, `file`, `environment` or `flag`; a file with its path.
pub fn origin(metadata: &Metadata) -> String {
    match (metadata.source.as_ref().and_then(figment::Source::file_path), metadata.name.as_ref()) {
        (Some(path), _) => format!("file {}", path.display()),
        (None, name @ ("environment" | "flag")) => name.to_owned(),
        (None, _) => "default".to_owned(),
    }
}

/// A value as it would be typed; nothing for one that is not set.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Empty(..) | Value::Dict(..) => None,
        Value::Array(_, items) if items.is_empty() => None,
        Value::String(_, text) => Some(text.clone()),
        Value::Array(_, items) => Some(items.iter().filter_map(text).collect::<Vec<_>>().join(",")),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Num(_, number) => number.to_actual().to_string().split('`').nth(1).map(str::to_owned),
        Value::Char(_, one) => Some(one.to_string()),
    }
}
