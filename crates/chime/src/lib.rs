//! The Amazon Chime administration API's wire format and Signature Version 4. Pure: no I/O.
