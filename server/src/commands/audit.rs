//! `mailgrant audit`: verifies and exports the audit log.

use std::io::Write as _;

use access::Access;
use clap::Subcommand;
use domain::{Actor, AuditAction, AuditFilter, Change, UnixTime};
use server::Config;
use store::{AuditBreak, AuditVerdict, RowFault, Store, TamperedRow};
use wording::audit_verification;

use super::{CommandError, Opened};

/// Subcommands of `mailgrant audit`.
#[derive(Subcommand)]
pub enum Command {
    /// Report entries, accounts, sessions, API keys, links, authorizations, and secrets that were
    /// changed outside of Mailgrant
    Verify,
    /// Print the entries as one JSON object per line, oldest first
    Export {
        /// The first day (UTC)
        #[arg(long, value_name = "DAY", value_parser = day)]
        since: Option<Day>,
        /// The last day (UTC)
        #[arg(long, value_name = "DAY", value_parser = day)]
        until: Option<Day>,
    },
}

/// A calendar day in UTC.
#[derive(Clone)]
pub struct Day {
    typed: String,
    begins_at: UnixTime,
}

/// Runs a subcommand and returns the text to print.
pub async fn run(command: &Command, config: &Config) -> Result<String, CommandError> {
    let opened = Opened::existing(config).await?;
    let done = match command {
        Command::Verify => verify(&opened.store).await,
        Command::Export { since, until } => {
            let exporting = export(&opened.access, since.as_ref(), until.as_ref());
            exporting.await.map(|()| String::new())
        }
    };
    opened.store.close().await;
    done
}

async fn verify(store: &Store) -> Result<String, CommandError> {
    let verdict = store.verify_audit().await?;
    let rows = store.verify_rows().await?;
    let rows: String = rows.iter().map(described).collect();
    match verdict {
        AuditVerdict::Broken { sequence, wrong } => Err(CommandError::AuditBroken {
            sequence,
            wrong: explanation(wrong),
            rows,
        }),
        AuditVerdict::Intact { .. } if !rows.is_empty() => Err(CommandError::RowsChanged { rows }),
        AuditVerdict::Intact { entries: 1, hash } => Ok(intact("1 entry", &hash)),
        AuditVerdict::Intact { entries, hash } => Ok(intact(&format!("{entries} entries"), &hash)),
    }
}

fn intact(entries: &str, hash: &str) -> String {
    format!(
        "{entries}, unbroken\nlast hash: {hash}\naccounts, sessions, API keys, links, authorizations, and secrets: unchanged\n"
    )
}

/// Describes a row that was changed outside of Mailgrant, in one line.
fn described(row: &TamperedRow) -> String {
    let fault = match row.fault {
        RowFault::Changed => audit_verification::ROW_CHANGED,
        RowFault::Replayed => audit_verification::ROW_REPLAYED,
        RowFault::Missing => audit_verification::ROW_MISSING,
        RowFault::Unsealable => audit_verification::ROW_UNSEALABLE,
    };
    format!("\n  {} {}: {fault}", row.table, row.row)
}

fn explanation(wrong: AuditBreak) -> &'static str {
    match wrong {
        AuditBreak::Changed => audit_verification::ENTRY_CHANGED,
        AuditBreak::Missing => audit_verification::ENTRY_MISSING,
        AuditBreak::OutOfOrder => audit_verification::ENTRY_OUT_OF_ORDER,
        AuditBreak::TailCut => audit_verification::TAIL_MISSING,
        AuditBreak::HeadForged => audit_verification::HEAD_CHANGED,
    }
}

/// Prints the entries. The export itself is recorded before the first line, so no one can read the
/// audit log without leaving an entry.
async fn export(
    access: &Access,
    since: Option<&Day>,
    until: Option<&Day>,
) -> Result<(), CommandError> {
    let filter = AuditFilter {
        since: since.map(|day| day.begins_at),
        until: until.map(|day| day.begins_at.plus(86_400)),
        ..AuditFilter::default()
    };
    let facts = [("since", since), ("until", until)];
    let facts = facts
        .into_iter()
        .filter_map(|(name, day)| Some(Change::fact(name, &*day?.typed)))
        .collect();
    let by = Actor::command_line();
    access
        .note(&by, AuditAction::ActivityExported, "", facts)
        .await?;
    let mut output = std::io::stdout().lock();
    let mut after = 0;
    loop {
        let entries = access.export_activity(&filter, after).await?;
        let Some(last) = entries.last() else {
            return Ok(output.flush()?);
        };
        after = last.sequence;
        for entry in &entries {
            serde_json::to_writer(&mut output, entry)?;
            writeln!(output)?;
        }
    }
}

fn day(typed: &str) -> Result<Day, &'static str> {
    let begins_at = UnixTime::of_day(typed).ok_or("not a day such as 2026-11-30")?;
    Ok(Day {
        typed: typed.to_owned(),
        begins_at,
    })
}
