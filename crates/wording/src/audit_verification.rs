//! Results of the verification of the audit log and of authenticated rows.

/// A row was changed.
pub const ROW_CHANGED: &str = "added or changed outside of Mailgrant; it is ignored";
/// An older version of a row was restored.
pub const ROW_REPLAYED: &str =
    "an older version, or a removed row, was restored outside of Mailgrant; it is ignored";
/// A row was removed.
pub const ROW_MISSING: &str = "removed outside of Mailgrant";
/// A secret cannot be decrypted.
pub const ROW_UNSEALABLE: &str = "a secret, or a value that it belongs to, was changed; check the values and enter the secret again";

/// An entry was changed.
pub const ENTRY_CHANGED: &str = "it was changed, or written outside of Mailgrant";
/// An entry is missing.
pub const ENTRY_MISSING: &str = "it is missing, but later entries exist";
/// An entry is at the wrong position.
pub const ENTRY_OUT_OF_ORDER: &str = "it is not at its original position";
/// The last entries are missing.
pub const TAIL_MISSING: &str = "it and all later entries are missing";
/// The record of the last entry was changed.
pub const HEAD_CHANGED: &str =
    "the record of the last entry was changed, removed, or restored, so entries may be missing";
