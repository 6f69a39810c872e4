//! Which passwords are taken.
//!
//! Twelve characters at least, after OWASP ASVS 4.0 section 2.1.1; no demand for sorts of characters, after NIST SP
//! 800-63B section 5.1.1.2. Refused is what a guesser tries first: common words and the person's own, however they
//! are capitalised, spelled with digits or decorated, and runs along the alphabet or the keyboard. A short list of
//! words with these rules covers the long lists of leaked passwords of that length, at no cost in memory.

use access::{Email, Refusal};

/// The fewest characters.
pub const MIN_CHARACTERS: usize = 12;
/// The most bytes; more than anyone types, and no burden to hash.
pub const MAX_BYTES: usize = 1024;

/// Words that common passwords are made of, a line each, in lower case.
const WORDS: &str = include_str!("words.txt");
/// Runs that fingers make.
const ROWS: [&str; 9] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "qsdfghjklm",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Takes a password or says what is wrong with it. The person's own words are those of `address` and `name`.
pub fn check(password: &str, address: &Email, name: &str) -> Result<(), Refusal> {
    let weak = |why| Err(Refusal::WeakPassword { why });
    if password.chars().count() < MIN_CHARACTERS {
        return weak("it has fewer than 12 characters; three or four unrelated words make a good one");
    }
    if password.len() > MAX_BYTES {
        return weak("it is longer than 1024 bytes");
    }
    let lower = password.to_lowercase();
    if distinct(&lower) < 5 || is_repetition(&lower) {
        return weak("it repeats itself; three or four unrelated words make a good one");
    }
    if is_run(&lower) {
        return weak("it follows the alphabet or the keyboard; three or four unrelated words make a good one");
    }
    let own = own_words(address, name);
    if is_made_of(&lower, &own) {
        return weak("it is your own name or address, or words that many people use; choose unrelated words");
    }
    Ok(())
}

fn distinct(text: &str) -> usize {
    let mut characters: Vec<char> = text.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    characters.len()
}

/// `abcdeabcde` and the like: a piece of at most half its length, again and again.
fn is_repetition(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=characters.len() / 2).any(|unit| characters.iter().zip(&characters[unit..]).all(|(a, b)| a == b))
}

/// At least three quarters of the steps go along a row, forwards or backwards, or stay.
fn is_run(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let steps = characters.windows(2).filter(|pair| is_step(pair[0], pair[1])).count();
    steps * 4 >= (characters.len() - 1) * 3
}

fn is_step(a: char, b: char) -> bool {
    a == b
        || ROWS.iter().any(|row| {
            let neighbours = |x: char, y: char| row.chars().zip(row.chars().skip(1)).any(|pair| pair == (x, y));
            neighbours(a, b) || neighbours(b, a)
        })
}

/// The parts of the address and the name, from three letters on.
fn own_words(address: &Email, name: &str) -> Vec<String> {
    let all = format!("{} {}", address.key(), name.to_lowercase());
    let parts = all.split(|c: char| !c.is_alphabetic());
    parts.filter(|part| part.chars().count() >= 3).map(str::to_owned).collect()
}

/// Whether it is own words and three common ones at most, once digits and signs are taken as decoration or as
/// stand-ins for letters. Four common words are a passphrase.
fn is_made_of(lower: &str, own: &[String]) -> bool {
    // Digits at the end are a year or a count more often than letters.
    let stem = lower.trim_end_matches(|c: char| c.is_ascii() && !c.is_alphabetic());
    let cores = [letters(lower), letters(&undisguised(lower)), letters(&undisguised(stem))];
    cores.iter().any(|core| common_words_in(core, own).is_some_and(|common| common <= 3))
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic() || !c.is_ascii()).collect()
}

/// `p4$$w0rd` as `password`.
fn undisguised(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    };
    text.chars().map(letter).collect()
}

/// Splits a text into common and own words and counts the common ones, at the fewest; `None` when it is no such text.
fn common_words_in(text: &str, own: &[String]) -> Option<usize> {
    let words = || WORDS.lines().map(|word| (word, 1)).chain(own.iter().map(|word| (word.as_str(), 0)));
    let mut fewest: Vec<Option<usize>> = vec![None; text.len() + 1];
    fewest[0] = Some(0);
    for start in 0..text.len() {
        let Some(before) = fewest[start] else { continue };
        for (word, weight) in words().filter(|(word, _)| text[start..].starts_with(word)) {
            let here = &mut fewest[start + word.len()];
            *here = Some(here.map_or(before + weight, |count| count.min(before + weight)));
        }
    }
    fewest[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Option<&'static str> {
        let ada = Email::parse("ada.lovelace@analytical.example").unwrap();
        match check(password, &ada, "Ada King") {
            Ok(()) => None,
            Err(Refusal::WeakPassword { why }) => Some(why.split([';', ',']).next().unwrap()),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn unrelated_words_and_random_texts_are_taken() {
        for good in [
            "correct horse battery",
            "orange tiger piano winter",
            "tr0ub4dor&3xyz",
            "Öl auf dem Wasser",
            "vK9#pLq2@xWz",
            "🐎🔋📎🐢🦊🌵🥁🧊🪁🧲🍋🪐",
        ] {
            assert_eq!(verdict(good), None, "{good}");
        }
        assert_eq!(verdict(&"correct horse ".repeat(3).replacen("horse", "mare", 1)), None);
    }

    #[test]
    fn bounds_are_told() {
        assert_eq!(verdict("vK9#pLq2@xW"), Some("it has fewer than 12 characters"));
        assert_eq!(verdict(""), Some("it has fewer than 12 characters"));
        assert_eq!(verdict(&"vK9#pLq2@xWz".repeat(86)), Some("it is longer than 1024 bytes"));
    }

    #[test]
    fn repetitions_and_runs_are_refused() {
        for bad in ["aaaaaaaaaaaa", "abababababab", "xK9!xK9!xK9!", "correcthorsecorrecthorse"] {
            assert_eq!(verdict(bad), Some("it repeats itself"), "{bad}");
        }
        for bad in
            ["abcdefghijkl", "123456789012", "0987654321qwerty", "qwertyuiopas", "1q2w3e4r5t6y", "asdfghjklzxcvbnm"]
        {
            assert_eq!(verdict(bad), Some("it follows the alphabet or the keyboard"), "{bad}");
        }
    }

    #[test]
    fn common_and_own_words_are_refused_in_any_dress() {
        let common = [
            "Password1234",
            "P@ssw0rd2026!",
            "welcome-to-2026",
            "iloveyou1234",
            "letmein-letmein!",
            "administrator",
            "Sommer2026!!!",
            "passwordpassword1",
        ];
        let own = [
            "AdaLovelace1815",
            "adalovelace!!!",
            "4d4-L0v3l4c3",
            "analytical1843",
            "Ada.King.1815",
            "ada.lovelace@analytical.example",
        ];
        for bad in common.into_iter().chain(own) {
            assert_eq!(verdict(bad), Some("it is your own name or address"), "{bad}");
        }
        assert_eq!(verdict("19071906-02#8"), Some("it is your own name or address"), "digits and signs only");
    }

    #[test]
    fn the_list_is_sorted_and_clean() {
        let words: Vec<&str> = WORDS.lines().collect();
        let mut sorted = words.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(words, sorted);
        assert!(words.iter().all(|word| word.len() >= 2 && word.chars().all(char::is_lowercase)));
    }
}
