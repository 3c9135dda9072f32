//! `mailgrant api-key`

use super::{add, run};

#[test]
fn a_name_in_use_and_an_unknown_data_center_are_reported() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    run(directory.path(), "api-key add k1").success();
    let output = run(directory.path(), "api-key add k1").failure(1);
    assert_eq!(
        output,
        "mailgrant: an API key named \"k1\" already exists\n"
    );
    let output = run(directory.path(), "api-key add k2 --data-center nowhere").failure(1);
    let expected = "mailgrant: there is no data center nowhere; use one of these IDs: default\n";
    assert_eq!(output, expected);
}
