//! Roles of accounts.

use crate::codes::codes;

codes! {
    /// Role of an account. Each role includes all permissions of the roles before it.
    Role {
        /// Views everything but the mailbox and access; changes nothing.
        Viewer = "viewer",
        /// Also reads the mailbox, checks connections, sends test emails, and handles messages.
        Operator = "operator",
        /// Has every permission.
        Administrator = "administrator",
    }
}

impl Role {
    /// Returns true if this role includes every permission of `needed`.
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
