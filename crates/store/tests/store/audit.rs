use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    AccountName, Actor, AuditAction, AuditFilter, AuditRecord, Change, DataCenterName, Principal,
    UnixTime,
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use store::{AddOutcome, AuditBreak, AuditVerdict, Store};

use crate::{
    database::{Database, on_both},
    samples::{NOW, PLANTED, authorized, by, home, oauth, save},
};

/// Columns whose change must be detected. A changed `sequence` means a row in another place.
const COLUMNS: [&str; 11] = [
    "at",
    "who_kind",
    "who_name",
    "who_folded",
    "address",
    "action",
    "subject",
    "subject_folded",
    "changes",
    "previous",
    "hash",
];

fn zoe() -> Actor {
    Actor {
        who: Principal::Account(AccountName::parse("Zoe").unwrap()),
        address: "192.0.2.7".into(),
    }
}

fn happened(number: i64) -> AuditRecord {
    let by_key = Actor {
        who: Principal::Key("Newsletter Ü".into()),
        ..zoe()
    };
    AuditRecord {
        at: NOW.plus(number),
        actor: if number % 2 == 0 { by_key } else { zoe() },
        action: if number % 3 == 0 {
            AuditAction::SignedIn
        } else {
            AuditAction::RoleChanged
        },
        subject: format!("Subject {number}"),
        changes: vec![Change::of("role", Some("viewer".into()), None)],
    }
}

async fn fill(store: &Store, count: i64) {
    for number in 1..=count {
        store.record(&happened(number)).await.unwrap();
    }
}

async fn sequences(store: &Store, filter: AuditFilter) -> Vec<i64> {
    let entries = store.audit(&filter, None, 100).await.unwrap();
    entries.iter().map(|entry| entry.sequence).collect()
}

fn broken(sequence: i64, wrong: AuditBreak) -> AuditVerdict {
    AuditVerdict::Broken { sequence, wrong }
}

async fn intact(store: &Store) -> i64 {
    match store.verify_audit().await.unwrap() {
        AuditVerdict::Intact { entries, .. } => entries,
        verdict @ AuditVerdict::Broken { .. } => panic!("{verdict:?}"),
    }
}

/// Rewrites the whole chain, as an attacker could who knows the format but not the key.
async fn forge(database: &Database, count: i64) {
    let mac = |parts: &[&str]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"not the key").unwrap();
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    };
    let mut previous = String::new();
    for sequence in 1..=count {
        let mut parts = vec!["entry".to_owned(), sequence.to_string()];
        for column in COLUMNS
            .iter()
            .take(9)
            .filter(|column| !column.ends_with("folded"))
        {
            let sql =
                format!("SELECT CAST({column} AS TEXT) FROM audit WHERE sequence = {sequence}");
            parts.push(database.text(&sql).await.unwrap());
        }
        parts.push(previous.clone());
        let hash = mac(&parts.iter().map(String::as_str).collect::<Vec<_>>());
        database
            .tamper(&format!(
                "UPDATE audit SET previous = '{previous}', hash = '{hash}' WHERE sequence = {sequence}"
            ))
            .await;
        previous = hash;
    }
    let head = mac(&["head", &count.to_string(), &previous]);
    database
        .tamper(&format!(
            "UPDATE audit_head SET hash = '{previous}', mac = '{head}'"
        ))
        .await;
}

on_both! {
    async fn recorded_entries_read_back_in_order(database) {
        let store = database.open().await;
        assert!(store.audit(&AuditFilter::default(), None, 10).await.unwrap().is_empty());
        assert_eq!(intact(&store).await, 0);
        fill(&store, 5).await;
        let entries = store.audit(&AuditFilter::default(), None, 10).await.unwrap();
        assert_eq!(entries.len(), 5);
        for (number, entry) in (1..=5).rev().zip(&entries) {
            assert_eq!((entry.sequence, &entry.record), (number, &happened(number)));
        }
        assert_eq!(intact(&store).await, 5);
    }

    async fn pages_go_back_from_the_newest_and_exports_forward_from_the_oldest(database) {
        let store = database.open().await;
        fill(&store, 7).await;
        let all = AuditFilter::default();
        let page = store.audit(&all, Some(6), 2).await.unwrap();
        assert_eq!(page.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [5, 4]);
        let page = store.audit_after(&all, 2, 3).await.unwrap();
        assert_eq!(page.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(store.audit_after(&all, 7, 3).await.unwrap().is_empty());
    }

    async fn filters_are_for_whole_values_without_regard_to_case(database) {
        let store = database.open().await;
        fill(&store, 6).await;
        let filter = |who: &str, subject: &str| AuditFilter {
            who: who.into(),
            subject: subject.into(),
            ..AuditFilter::default()
        };
        assert_eq!(sequences(&store, filter(" zOE ", "")).await, [5, 3, 1]);
        assert_eq!(sequences(&store, filter("newsletter ü", "")).await, [6, 4, 2]);
        assert_eq!(sequences(&store, filter("", "sUBJECT 2")).await, [2]);
        for (who, subject) in [("zo", ""), ("zo%", ""), ("zoe' OR 1=1 --", ""), ("", "%"), ("\0", "x\0")] {
            assert!(sequences(&store, filter(who, subject)).await.is_empty(), "{who} {subject}");
        }
        let signed_in = AuditFilter { action: Some(AuditAction::SignedIn), ..filter("zoe", "") };
        assert_eq!(sequences(&store, signed_in).await, [3]);
        let days = AuditFilter {
            since: Some(NOW.plus(2)),
            until: Some(NOW.plus(4)),
            ..AuditFilter::default()
        };
        assert_eq!(sequences(&store, days).await, [3, 2]);
    }

    async fn every_changed_column_is_found(database) {
        let store = database.open().await;
        fill(&store, 5).await;
        for column in COLUMNS {
            let before = format!("SELECT CAST({column} AS TEXT) FROM audit WHERE sequence = 3");
            let before = database.text(&before).await.unwrap();
            let (new, before) = if column == "at" {
                ("1".to_owned(), before)
            } else {
                ("'mailgrant'".to_owned(), format!("'{before}'"))
            };
            let set = |value: &str| format!("UPDATE audit SET {column} = {value} WHERE sequence = 3");
            database.tamper(&set(&new)).await;
            let verdict = store.verify_audit().await.unwrap();
            assert_eq!(verdict, broken(3, AuditBreak::Changed), "{column}");
            database.tamper(&set(&before)).await;
            assert_eq!(intact(&store).await, 5);
        }
    }

    async fn removed_moved_and_added_entries_are_detected(database) {
        for (count, sql, verdict) in [
            (5, "DELETE FROM audit WHERE sequence = 3", broken(3, AuditBreak::Missing)),
            (5, "DELETE FROM audit WHERE sequence = 1", broken(1, AuditBreak::Missing)),
            (5, "DELETE FROM audit WHERE sequence >= 4", broken(4, AuditBreak::TailCut)),
            (5, "DELETE FROM audit", broken(1, AuditBreak::TailCut)),
            // More entries than one query reads.
            (503, "DELETE FROM audit WHERE sequence = 502", broken(502, AuditBreak::Missing)),
            (
                5,
                "UPDATE audit SET sequence = 100 WHERE sequence = 2;
                 UPDATE audit SET sequence = 2 WHERE sequence = 3;
                 UPDATE audit SET sequence = 3 WHERE sequence = 100",
                broken(2, AuditBreak::OutOfOrder),
            ),
            (
                5,
                "INSERT INTO audit SELECT 6, at, who_kind, who_name, who_folded, address, action,
                     subject, subject_folded, changes, hash, hash FROM audit WHERE sequence = 5",
                broken(6, AuditBreak::Changed),
            ),
            (
                5,
                "INSERT INTO audit SELECT -1, at, who_kind, who_name, who_folded, address, action,
                     subject, subject_folded, changes, '', 'x' FROM audit WHERE sequence = 5",
                broken(-1, AuditBreak::Changed),
            ),
            (5, "UPDATE audit_head SET sequence = 6", broken(5, AuditBreak::HeadForged)),
            (5, "UPDATE audit_head SET mac = 'x'", broken(5, AuditBreak::HeadForged)),
            (5, "UPDATE audit_head SET sealed_key = NULL", broken(1, AuditBreak::HeadForged)),
            (5, "DELETE FROM audit_head", broken(1, AuditBreak::HeadForged)),
            (5, "UPDATE audit_head SET hash = 'x'", broken(5, AuditBreak::HeadForged)),
            (
                5,
                "DELETE FROM audit WHERE sequence = 5;
                 UPDATE audit_head SET sequence = 4, hash = (SELECT hash FROM audit WHERE sequence = 4)",
                broken(4, AuditBreak::HeadForged),
            ),
        ] {
            let store = database.open().await;
            fill(&store, count).await;
            database.tamper(sql).await;
            assert_eq!(store.verify_audit().await.unwrap(), verdict, "{sql}");
            store.close().await;
            database.tamper(
                "DELETE FROM audit; DELETE FROM audit_head; DELETE FROM seal_check;
                 INSERT INTO audit_head (id, sealed_key, sequence, hash, mac) VALUES (1, NULL, 0, '', '')",
            ).await;
        }
    }

    async fn a_restored_head_is_detected(database) {
        let store = database.open().await;
        fill(&store, 3).await;
        let head = "SELECT 'sequence = ' || sequence || ', hash = ''' || hash || ''', mac = ''' || mac || ''''
             FROM audit_head";
        let head = database.text(head).await.unwrap();
        fill(&store, 2).await;
        database.tamper(&format!("UPDATE audit_head SET {head}")).await;
        assert_eq!(store.verify_audit().await.unwrap(), broken(5, AuditBreak::HeadForged));
        // Appending to the chain does not hide the break.
        fill(&store, 1).await;
        assert_eq!(store.verify_audit().await.unwrap(), broken(6, AuditBreak::HeadForged));
    }

    async fn a_chain_recomputed_without_the_key_is_detected(database) {
        let store = database.open().await;
        fill(&store, 4).await;
        database.tamper("UPDATE audit SET subject = 'x', subject_folded = 'x' WHERE sequence = 2").await;
        forge(&database, 4).await;
        assert_eq!(store.verify_audit().await.unwrap(), broken(1, AuditBreak::Changed));
    }

    async fn a_truncated_end_stays_detected_although_entries_follow(database) {
        let store = database.open().await;
        fill(&store, 5).await;
        database.tamper(
            "DELETE FROM audit WHERE sequence > 3;
             UPDATE audit_head SET sequence = 3, hash = (SELECT hash FROM audit WHERE sequence = 3)",
        ).await;
        fill(&store, 3).await;
        assert_eq!(sequences(&store, AuditFilter::default()).await, [6, 5, 4, 3, 2, 1]);
        assert_eq!(store.verify_audit().await.unwrap(), broken(4, AuditBreak::HeadForged));
    }

    async fn an_audit_log_that_was_emptied_with_its_key_is_not_restarted(database) {
        let store = database.open().await;
        fill(&store, 2).await;
        store.close().await;
        database.tamper(
            "DELETE FROM audit;
             UPDATE audit_head SET sealed_key = NULL, sequence = 0, hash = '', mac = ''",
        ).await;
        let store = database.open().await;
        assert_eq!(store.verify_audit().await.unwrap(), broken(1, AuditBreak::HeadForged));
    }

    async fn twenty_concurrent_appends_from_two_servers_give_one_chain(database) {
        let stores = [database.open().await, database.open().await];
        let appends: Vec<_> = (1..=20)
            .map(|number| {
                let store = stores[usize::try_from(number % 2).unwrap()].clone();
                tokio::spawn(async move { store.record(&happened(number)).await.unwrap() })
            })
            .collect();
        for append in appends {
            append.await.unwrap();
        }
        assert_eq!(intact(&stores[0]).await, 20);
        let mut times: Vec<UnixTime> = stores[1]
            .audit(&AuditFilter::default(), None, 100).await.unwrap()
            .iter()
            .map(|entry| entry.record.at)
            .collect();
        times.sort_unstable();
        assert_eq!(times, (1..=20).map(|number| NOW.plus(number)).collect::<Vec<_>>());
    }

    async fn a_change_that_fails_leaves_no_entry_and_one_that_is_done_leaves_one(database) {
        let store = database.open().await;
        let name = DataCenterName::parse("Berlin").unwrap();
        let added = store.add_data_center(&name, &zoe(), NOW).await.unwrap();
        let AddOutcome::Added(berlin) = added else { panic!("{added:?}") };
        store.add_data_center(&name, &zoe(), NOW).await.unwrap();
        store.remove_data_center(home(), &zoe(), NOW).await.unwrap();
        store.save_settings(home(), 7, &oauth("zoe"), by(), Vec::new(), NOW).await.unwrap();
        store.rename_data_center(&berlin.id, &name, &zoe(), NOW).await.unwrap();
        let entries = store.audit(&AuditFilter::default(), None, 10).await.unwrap();
        assert_eq!(entries.len(), 1, "{entries:?}");
        let record = &entries[0].record;
        assert_eq!((record.action, record.subject.as_str()), (AuditAction::DataCenterAdded, "berlin"));
        assert_eq!(record.changes, [Change::of("name", None, Some("Berlin".into()))]);
        assert_eq!((&record.actor, record.at), (&zoe(), NOW));
    }

    async fn no_secret_is_in_the_audit(database) {
        let store = database.open().await;
        authorized(&store, 1).await;
        save(&store, &oauth("other@example.com")).await;
        let entries = store.audit(&AuditFilter::default(), None, 100).await.unwrap();
        let actions: Vec<_> = entries.iter().rev().map(|entry| entry.record.action).collect();
        assert_eq!(actions, [
            AuditAction::SettingsSaved,
            AuditAction::AuthorizationBegun,
            AuditAction::AuthorizationFinished,
            AuditAction::SettingsSaved,
            AuditAction::GrantEnded,
        ]);
        assert!(!format!("{entries:?}").contains(PLANTED));
    }

    async fn untrusted_names_are_kept_short_and_readable(database) {
        let store = database.open().await;
        let mut record = happened(1);
        record.actor = Actor::anonymous("a\u{0}\u{1b}[31m");
        record.subject = format!("x\n\u{0}{}", "ü".repeat(5_000));
        record.changes = vec![Change::fact("path", "a\u{0}\nb")];
        store.record(&record).await.unwrap();
        let kept = store.audit(&AuditFilter::default(), None, 1).await.unwrap().remove(0).record;
        assert_eq!(kept.actor.address, "a[31m");
        assert_eq!(kept.subject.chars().count(), 1_000);
        assert_eq!(kept.changes, record.changes);
        assert_eq!(intact(&store).await, 1);
    }
}
