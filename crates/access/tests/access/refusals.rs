use access::SignInError;
use domain::{Actor, AuditAction, AuditRecord, Principal};

use crate::world::{ELSEWHERE, HOME, World, visitor};

const DENIED: AuditAction = AuditAction::AccessDenied;

async fn refuse(world: &World, name: &str, address: &str) {
    let by = Actor {
        who: Principal::Key(name.into()),
        address: address.into(),
    };
    let noted = world.access.note_refusal(&by, DENIED, "GET /access");
    noted.await.unwrap();
}

/// Returns the counts of the records, 1 for records without a count.
fn counts(records: &[AuditRecord]) -> Vec<String> {
    let count = |record: &AuditRecord| {
        let change = record.changes.iter().find(|one| one.field == "count");
        change.and_then(|one| one.new.clone()).unwrap_or("1".into())
    };
    records.iter().map(count).collect()
}

#[tokio::test]
async fn refusals_of_one_account_and_address_are_one_entry_a_minute_with_a_count() {
    let (world, _) = World::with_alice().await;
    for _ in 0..5 {
        refuse(&world, "program", HOME).await;
    }
    refuse(&world, "program", ELSEWHERE).await;
    refuse(&world, "another", HOME).await;
    assert_eq!(counts(&world.audited(DENIED).await), ["1", "1", "1"]);
    world.advance(59);
    world.access.record_refusals(false).await;
    assert_eq!(world.audited(DENIED).await.len(), 3);
    world.advance(1);
    world.access.record_refusals(false).await;
    let records = world.audited(DENIED).await;
    assert_eq!(counts(&records), ["1", "1", "1", "4"]);
    assert_eq!(records[3].actor.address, HOME);
    assert_eq!(records[3].actor.who, Principal::Key("program".into()));

    // The next minute.
    refuse(&world, "program", HOME).await;
    assert_eq!(world.audited(DENIED).await.len(), 4);
    world.advance(60);
    world.access.record_refusals(false).await;
    world.advance(60);
    world.access.record_refusals(false).await;
    refuse(&world, "program", HOME).await;
    let counted = counts(&world.audited(DENIED).await);
    assert_eq!(counted, ["1", "1", "1", "4", "1", "1"]);
}

#[tokio::test]
async fn counts_of_the_last_minute_are_written_when_the_server_ends() {
    let (world, _) = World::with_alice().await;
    for _ in 0..3 {
        let wrong = world.sign_in("alice", "wrong", &visitor(ELSEWHERE)).await;
        assert!(matches!(wrong, Err(SignInError::Wrong)));
    }
    world.access.record_refusals(true).await;
    let records = world.audited(AuditAction::SignInFailed).await;
    assert_eq!(counts(&records), ["1", "2"]);
    assert!(records.iter().all(|record| record.subject == "alice"));
}

#[tokio::test]
async fn refusals_of_very_many_addresses_do_not_fill_the_memory_nor_the_audit() {
    let (world, _) = World::with_alice().await;
    for number in 0..4_200_u32 {
        refuse(&world, "program", &format!("address {number}")).await;
    }
    world.access.record_refusals(true).await;
    let by = domain::AuditFilter {
        action: Some(DENIED),
        ..domain::AuditFilter::default()
    };
    let newest = world.access.activity(&by, None).await.unwrap().entries;
    let record = &newest[0].record;
    assert_eq!(record.actor.address, "several addresses");
    assert_eq!(counts(std::slice::from_ref(record)), ["103"]);
}
