//! Coverage of replies: those that the tables were built with, and those that they were not.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use domain::StepKind;

#[test]
fn replies_of_the_tables_get_the_right_cause() {
    let (right, total) = run("replies of the tables", include_str!("coverage/tables.tsv"));
    assert!(right * 100 >= total * 98, "{right} of {total}");
}

#[test]
fn replies_of_later_sets_get_the_right_cause() {
    let set = include_str!("coverage/new_sources.tsv");
    let (right, total) = run("replies of later sets", set);
    assert!(right * 100 >= total * 98, "{right} of {total}");
}

#[test]
fn held_out_replies_get_the_right_cause() {
    let (right, total) = run("provider replies", include_str!("coverage/held_out.tsv"));
    assert!(right * 100 >= total * 95, "{right} of {total}");
}

/// Runs the replies of a set, prints the misses, and returns how many are right, of how many.
fn run(name: &str, set: &str) -> (usize, usize) {
    let (mut right, mut total) = (0, 0);
    for line in set.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split('\t').collect();
        let [expected, step, _source, reply] = columns[..] else {
            panic!("not four columns: {line}");
        };
        let mut steps = StepKind::ALL.iter();
        let step = steps.find(|one| one.code() == step).expect(step);
        let reply = reply.replace("\\n", "\n");
        let code = reply[..3].parse().expect("a code");
        let got = decode::smtp_reply(*step, false, code, &reply).code();
        total += 1;
        if expected.split('|').any(|one| one == got) {
            right += 1;
        } else {
            println!("coverage miss: {name}: {line} / {got}");
        }
    }
    println!("coverage: {name}: {right} of {total}");
    (right, total)
}
