//! `mailgrant sender`

use super::{add, run};

#[test]
fn a_sender_is_added_listed_shown_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    add(path, "alice", "administrator");
    let made = run(
        path,
        "sender add Printer --network 192.168.1.0/24 --per-day 100 --silent-after 26",
    )
    .success();
    let lines: Vec<_> = made.lines().collect();
    let [user, password] = &*lines else {
        panic!("{made}");
    };
    assert_eq!(*user, "user: printer");
    let password = password.strip_prefix("password: ").unwrap();
    assert_eq!(password.len(), 16);

    let list = run(path, "sender list").success();
    let expected = "Printer: user printer, 1 networks, data center default, last seen never, 0 accepted, 0 rejected\n";
    assert_eq!(list, expected);
    let shown = run(path, "sender show printer").success();
    for line in [
        "Name: Printer",
        "Addresses and networks: 192.168.1.0/24",
        "Messages per day: 100",
        "Hours of silence before an alert: 26",
        "If a From address is not allowed: Reject the message",
        "Last seen: never",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line}: {shown}");
    }
    assert!(!shown.contains(password));

    let rotated = run(path, "sender rotate Printer --keep-old-hours 0").success();
    assert!(rotated.starts_with("user: printer\npassword: ") && rotated != made);
    let removed = run(path, "sender remove Printer").success();
    assert_eq!(removed, "The sender Printer was removed.\n");
    assert_eq!(run(path, "sender list").success(), "");
    // Each change is recorded, without a password.
    let activity = run(path, "audit export").success();
    for action in ["sender_added", "sender_password_made", "sender_removed"] {
        let entry = activity.lines().find(|line| line.contains(action));
        let entry = entry.unwrap_or_else(|| panic!("{action}: {activity}"));
        assert!(entry.contains("command_line"), "{entry}");
    }
    let new_password = rotated.lines().last().unwrap();
    let new_password = new_password.strip_prefix("password: ").unwrap();
    assert!(!activity.contains(password) && !activity.contains(new_password));
}

#[test]
fn mistakes_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    add(path, "alice", "administrator");
    let added = run(path, "sender add Office --no-password --network 10.0.0.0/8").success();
    assert_eq!(added, "The sender Office was added.\n");
    for (words, problem) in [
        (
            "sender add Other --network 10.0.0.0/8",
            "Another sender has the same address or network.",
        ),
        (
            "sender add Other --network 0.0.0.0/0 --confirm-networks",
            "This network contains every address",
        ),
        (
            "sender add Other --network 8.8.8.8",
            "can be reached from the internet",
        ),
        (
            "sender add Other --other-from x",
            "If a From address is not allowed: This is not a valid option.",
        ),
        (
            "sender add Other --data-center nowhere",
            "there is no data center nowhere; use one of these IDs: default",
        ),
        ("sender show Other", "there is no sender \"Other\""),
        (
            "sender rotate Office",
            "the sender \"Office\" has no user name",
        ),
        (
            "api-key add k1 --sender Other",
            "there is no sender \"Other\"",
        ),
    ] {
        let output = run(path, words).failure(1);
        assert!(output.contains(problem), "{words}: {output}");
    }
    run(path, "api-key add k1 --sender office").success();
}

#[test]
fn the_sheet_for_a_program_is_printed_with_its_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    add(path, "alice", "administrator");
    let sheet = "sender add Grafana --for grafana --default-from grafana@example.com";
    let sheet = run(path, sheet).success();
    for line in [
        "Mailgrant accepts no mail by SMTP yet.",
        "smtp_listeners = [\"0.0.0.0:465 tls\", \"0.0.0.0:587 starttls\"]",
        "Port: 465",
        "User name: grafana",
        "enabled = true\n",
        "from_address = \"\"\"grafana@example.com\"\"\"",
    ] {
        assert!(sheet.contains(line), "{line}: {sheet}");
    }
    let cron = run(
        path,
        "sender add Cron --for cron --default-from cron@example.com",
    );
    cron.success();
    let shown = run(path, "sender show Cron").success();
    assert!(shown.contains("keep the display name"), "{shown}");
    let problem = run(path, "sender add Other --for other").failure(1);
    assert!(problem.contains("Default From address: "), "{problem}");
}
