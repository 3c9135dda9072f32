//! The table of `mailgrant account list`.

use domain::Account;

/// Formats one row per account. At least two spaces separate columns, which `awk` can split.
pub fn render(accounts: &[Account]) -> String {
    if accounts.is_empty() {
        return "There is no account yet.\n".to_owned();
    }
    let heading = ["NAME", "ROLE", "PASSWORD", "LAST SIGN-IN"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(heading)
        .chain(accounts.iter().map(row))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let line = |[name, role, password, signed_in]: &[String; 4]| {
        let [first, second, third] = widths;
        format!("{name:first$}  {role:second$}  {password:third$}  {signed_in}")
    };
    let lines: Vec<_> = rows.iter().map(line).collect();
    lines.join("\n") + "\n"
}

fn row(account: &Account) -> [String; 4] {
    [
        account.name.to_string(),
        account.role.code().to_owned(),
        if account.has_password { "yes" } else { "no" }.to_owned(),
        account
            .signed_in_at
            .map_or_else(|| "never".to_owned(), |time| time.to_string()),
    ]
}
