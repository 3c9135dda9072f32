//! Roles of accounts.

use serde::{Deserialize, Serialize};

/// What an account may do. Each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Tests, checks, messages; no settings, no secrets.
    Operator,
    /// Everything.
    Administrator,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: &[Self] = &[Self::Viewer, Self::Operator, Self::Administrator];

    /// The role in forms, on the command line and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// The role that has a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.code() == code)
    }

    /// Whether this role may do what `needed` may.
    pub fn includes(self, needed: Self) -> bool {
        self >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn each_role_includes_itself_and_those_below() {
        for (at, role) in Role::ALL.iter().enumerate() {
            for (other_at, other) in Role::ALL.iter().enumerate() {
                assert_eq!(role.includes(*other), at >= other_at, "{role:?} {other:?}");
            }
            assert_eq!(Role::from_code(role.code()), Some(*role));
        }
        assert_eq!(Role::from_code("root"), None);
    }
}
