use domain::{Actor, AuditAction, AuditFilter, AuditRecord, Role, UnixTime};
use store::{Bucket, Counted, SignIn, Store};

use crate::{
    database::{key, on_both},
    people::{add, session},
    samples::{NOW, PLANTED},
};

fn slowed(at: UnixTime) -> AuditRecord {
    AuditRecord {
        at,
        actor: Actor::anonymous("192.0.2.1"),
        action: AuditAction::SignInSlowed,
        subject: String::new(),
        changes: Vec::new(),
    }
}

/// Returns the seconds to wait, or 0 if the attempt was counted.
async fn count(store: &Store, buckets: &[Bucket], at: UnixTime) -> i64 {
    match store.count_attempt(buckets, &slowed(at)).await.unwrap() {
        Counted::Open => 0,
        Counted::Wait { seconds, .. } => seconds,
    }
}

async fn fill(store: &Store, bucket: &Bucket, times: usize) {
    for _ in 0..times {
        assert_eq!(count(store, std::slice::from_ref(bucket), NOW).await, 0);
    }
}

on_both! {
    async fn after_the_free_attempts_each_waits_twice_as_long_up_to_a_quarter_of_an_hour(database) {
        let store = database.open().await;
        let alice = [store.name_bucket("alice").await.unwrap()];
        fill(&store, &alice[0], 5).await;
        let mut now = NOW;
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(count(&store, &alice, now).await, wait);
            assert_eq!(count(&store, &alice, now.plus(wait - 1)).await, 1);
            now = now.plus(wait);
            assert_eq!(count(&store, &alice, now).await, 0);
        }
        assert_eq!(count(&store, &alice, now.plus(86_400)).await, 0);
        for _ in 0..4 {
            assert_eq!(count(&store, &alice, now.plus(86_400)).await, 0);
        }
        assert_eq!(count(&store, &alice, now.plus(86_400)).await, 1);
    }

    async fn concurrent_attempts_are_counted_one_by_one(database) {
        let store = database.open().await;
        let mut tasks = tokio::task::JoinSet::new();
        let alice = store.name_bucket("alice").await.unwrap();
        for number in 0..24 {
            let (store, alice) = (store.clone(), alice.clone());
            tasks.spawn(async move {
                let address = Bucket::address(&format!("192.0.2.{number}"));
                count(&store, &[alice, address], NOW).await
            });
        }
        let waits = tasks.join_all().await;
        assert_eq!(waits.iter().filter(|wait| **wait == 0).count(), 5);
        assert_eq!(waits.iter().filter(|wait| **wait == 1).count(), 19);
    }

    async fn an_attempt_that_one_bucket_rejects_is_counted_in_none(database) {
        let store = database.open().await;
        let (name, address) = (store.name_bucket("alice").await.unwrap(), Bucket::address("a"));
        fill(&store, &address, 20).await;
        for _ in 0..9 {
            assert_eq!(count(&store, &[name.clone(), address.clone()], NOW).await, 1);
        }
        fill(&store, &name, 5).await;
    }

    async fn the_first_rejected_attempt_is_audited(database) {
        let store = database.open().await;
        let device = [Bucket::device("d")];
        fill(&store, &device[0], 5).await;
        let mut firsts = Vec::new();
        for at in [NOW, NOW, NOW.plus(1), NOW.plus(1), NOW.plus(2)] {
            match store.count_attempt(&device, &slowed(at)).await.unwrap() {
                Counted::Wait { first, .. } => firsts.push(first),
                Counted::Open => {}
            }
        }
        assert_eq!(firsts, [true, false, true, false]);
        let entries = store.audit(&AuditFilter::default(), None, 100).await.unwrap();
        assert_eq!(entries.len(), 2);
    }

    async fn a_success_clears_the_name_and_undoes_its_count_at_the_address(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Viewer).await;
        let (name, address) = (store.name_bucket("ALICE").await.unwrap(), Bucket::address("a"));
        fill(&store, &address, 18).await;
        for number in 0..3 {
            fill(&store, &name, 4).await;
            let counted = [name.clone(), address.clone()];
            assert_eq!(count(&store, &counted, NOW).await, 0);
            let sign_in = SignIn {
                account: &alice.id,
                verified: alice.password_hash.as_ref().unwrap(),
                rehashed: None,
                counted: &counted,
            };
            store.sign_in(sign_in, &session(number)).await.unwrap().unwrap();
        }
        fill(&store, &address, 2).await;
        assert_eq!(count(&store, &[address], NOW).await, 1);
    }

    async fn a_new_password_clears_the_failed_attempts_of_the_name(database) {
        let store = database.open().await;
        let alice = add(&store, "Alice", Role::Viewer).await;
        let name = store.name_bucket(" aLICE ").await.unwrap();
        fill(&store, &name, 5).await;
        store.set_password(&alice.id, &"hash".into(), &Actor::command_line(), NOW).await.unwrap();
        fill(&store, &name, 5).await;
    }

    async fn a_clock_that_was_set_back_blocks_no_sign_in_for_long(database) {
        let store = database.open().await;
        let name = [store.name_bucket("alice").await.unwrap()];
        fill(&store, &name[0], 5).await;
        assert_eq!(count(&store, &name, NOW.plus(-900)).await, 901);
        assert_eq!(count(&store, &name, NOW.plus(-901)).await, 0);
    }

    async fn a_typed_name_and_its_plain_hash_are_not_stored(database) {
        let store = database.open().await;
        let other = Store::open("sqlite::memory:", key(1)).await.unwrap();
        let typed = format!("{PLANTED}-password");
        fill(&store, &store.name_bucket(&typed).await.unwrap(), 1).await;
        let stored = database.text("SELECT bucket FROM sign_in_attempts").await.unwrap();
        assert!(!stored.contains(PLANTED), "{stored}");
        // The hash is keyed per database: another database gives another bucket, a restart the same
        // one.
        let elsewhere = other.name_bucket(&typed).await.unwrap();
        assert_ne!(elsewhere, store.name_bucket(&typed).await.unwrap());
        let again = database.open().await;
        assert_eq!(again.name_bucket(&typed).await.unwrap(), store.name_bucket(&typed).await.unwrap());
    }
}
