//! Roles of accounts.

use crate::codes::codes;

codes! {
    /// What an account may do. Each role may do all that the ones before it may.
    Role {
        /// Reads.
        Viewer = "viewer",
        /// Tests, checks, messages; no settings, no secrets.
        Operator = "operator",
        /// Everything.
        Administrator = "administrator",
    }
}

impl Role {
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
