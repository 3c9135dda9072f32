use domain::{
    AuditAction, AuditRecord, CheckId, CheckOutcome, CheckReport, CheckStep, DataCenterId, Finding,
    FindingCode, StepKind, TlsSession, Verdict,
};

use store::Store;

use crate::{
    database::on_both,
    samples::{NOW, by, home},
};

pub(crate) fn id(number: i64) -> CheckId {
    CheckId::parse(&format!("check-{number}")).unwrap()
}

pub(crate) fn report(after: i64, outcome: CheckOutcome) -> CheckReport {
    CheckReport {
        data_center: home().clone(),
        started_at: NOW.plus(after),
        server: "smtp.example.com:587".into(),
        recipient: "zoe@example.com".into(),
        settings_version: 1,
        steps: vec![CheckStep {
            part: domain::CheckPart::Smtp,
            facts: Vec::new(),
            finding: None,
            kind: StepKind::Ehlo,
            verdict: Verdict::Passed,
            micros: 1_500,
            sent: "EHLO [127.0.0.1]".into(),
            received: "250 \u{0}Zoë".into(),
        }],
        tls: Some(TlsSession {
            version: "TLS 1.3".into(),
            cipher: "TLS_AES_256_GCM_SHA384".into(),
        }),
        last_reply: None,
        outcome,
    }
}

fn delivered() -> CheckOutcome {
    CheckOutcome::Delivered {
        message_id: "<1@example.com>".into(),
    }
}

async fn keep(store: &Store, id: &CheckId, report: &CheckReport) {
    let record = AuditRecord {
        at: report.started_at,
        actor: by().clone(),
        action: AuditAction::TestEmailSent,
        subject: report.data_center.to_string(),
        changes: Vec::new(),
    };
    store.finish_check(id, report, Some(&record)).await.unwrap();
}

on_both! {
    async fn a_report_reads_back(database) {
        let store = database.open().await;
        let failed = CheckOutcome::Failed(Finding::new(FindingCode::Timeout));
        for (number, outcome) in [(1, delivered()), (2, failed)] {
            let report = report(0, outcome);
            keep(&store, &id(number), &report).await;
            assert_eq!(store.check(&id(number)).await.unwrap(), Some(report));
        }
        assert_eq!(store.check(&id(3)).await.unwrap(), None);
    }

    async fn the_newest_check_is_found_and_the_newest_with_a_result(database) {
        let store = database.open().await;
        assert_eq!(store.latest_check(home()).await.unwrap(), None);
        assert_eq!(store.latest_result(home()).await.unwrap(), None);
        let checks = [(1, delivered()), (3, CheckOutcome::Cancelled), (2, CheckOutcome::Passed)];
        for (after, outcome) in checks {
            store.finish_check(&id(after), &report(after, outcome), None).await.unwrap();
        }
        let latest = store.latest_check(home()).await.unwrap();
        assert_eq!(latest, Some((id(3), report(3, CheckOutcome::Cancelled))));
        let result = store.latest_result(home()).await.unwrap();
        assert_eq!(result, Some(report(2, CheckOutcome::Passed)));
        let elsewhere = DataCenterId::parse("other").unwrap();
        assert_eq!(store.latest_check(&elsewhere).await.unwrap(), None);
    }

    async fn of_checks_that_start_in_one_second_the_last_one_is_the_newest(database) {
        let store = database.open().await;
        for number in [7, 3, 9, 1] {
            store.begin_check(&id(number), &report(0, CheckOutcome::Running)).await.unwrap();
            let (latest, _) = store.latest_check(home()).await.unwrap().unwrap();
            assert_eq!(latest, id(number));
        }
    }

    async fn an_interrupted_check_is_recorded(database) {
        let store = database.open().await;
        keep(&store, &id(1), &report(1, delivered())).await;
        let started = report(2, CheckOutcome::Running);
        store.begin_check(&id(2), &started).await.unwrap();
        assert_eq!(store.check(&id(2)).await.unwrap(), None);
        assert_eq!(store.latest_check(home()).await.unwrap(), Some((id(2), started)));
        assert!(!store.increment_check_heartbeat(&id(2)).await.unwrap());

        // The check is alive: its heartbeat has changed.
        store.interrupt_check(&id(2), 0).await.unwrap();
        assert!(!store.check_progress(&id(2)).await.unwrap().unwrap().has_ended);
        store.interrupt_check(&id(2), 1).await.unwrap();
        let cut = report(2, CheckOutcome::Interrupted);
        assert_eq!(store.check(&id(2)).await.unwrap(), Some(cut.clone()));
        assert_eq!(store.latest_check(home()).await.unwrap(), Some((id(2), cut)));
        assert!(!store.ask_check_to_stop(&id(2)).await.unwrap());

        // The process was only slow.
        store.finish_check(&id(2), &report(2, delivered()), None).await.unwrap();
        assert_eq!(store.check(&id(2)).await.unwrap(), Some(report(2, delivered())));
    }

    async fn a_check_learns_of_a_stop_request_with_its_next_heartbeat(database) {
        let store = database.open().await;
        assert!(!store.ask_check_to_stop(&id(1)).await.unwrap());
        assert!(!store.increment_check_heartbeat(&id(1)).await.unwrap());
        store.begin_check(&id(1), &report(0, CheckOutcome::Running)).await.unwrap();
        assert!(!store.increment_check_heartbeat(&id(1)).await.unwrap());
        assert!(store.ask_check_to_stop(&id(1)).await.unwrap());
        assert!(store.increment_check_heartbeat(&id(1)).await.unwrap());
    }

    async fn the_newest_twenty_of_each_data_center_stay(database) {
        let store = database.open().await;
        let name = domain::DataCenterName::parse("Other").unwrap();
        store.add_data_center(&name, by(), NOW).await.unwrap();
        let other = CheckReport {
            data_center: DataCenterId::parse("other").unwrap(),
            ..report(-1_000, delivered())
        };
        keep(&store, &id(0), &other).await;
        for number in 1..=25 {
            keep(&store, &id(number), &report(number, delivered())).await;
        }
        for number in 1..=5 {
            assert_eq!(store.check(&id(number)).await.unwrap(), None, "{number}");
        }
        for number in (6..=25).chain([0]) {
            assert!(store.check(&id(number)).await.unwrap().is_some(), "{number}");
        }
    }

    async fn the_report_that_was_just_stored_stays_when_many_checks_start_concurrently(database) {
        let store = database.open().await;
        for number in 1..=25 {
            keep(&store, &id(number), &report(0, delivered())).await;
            assert!(store.check(&id(number)).await.unwrap().is_some());
        }
        let count = database.text("SELECT CAST(count(*) AS TEXT) FROM checks").await;
        assert_eq!(count.as_deref(), Some("20"));
    }
}
