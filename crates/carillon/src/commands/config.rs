//! `carillon config`.

use crate::output::{Done, Output};
use crate::settings::Loaded;

/// Every setting, its value, where it comes from and what it is for.
pub fn show(loaded: &Loaded, mut output: Output) -> Done {
    output.list(&loaded.shown(), &["SETTING", "VALUE", "FROM", "FOR"], |shown| {
        let value = shown.value.clone().unwrap_or_else(|| "-".to_owned());
        vec![shown.setting.to_owned(), value, shown.origin.clone(), shown.doc.to_owned()]
    })
}
