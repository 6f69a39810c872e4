//! The rules of access: who may sign in, with which license, and why. Pure: no clock, no I/O.
