//! The HTTP doors. Thin: they map words to verbs and answers to words.
