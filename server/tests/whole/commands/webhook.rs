//! `mailgrant webhook`

use super::{run, run_typed};
use crate::support::Program;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[tokio::test(flavor = "multi_thread")]
async fn is_set_shown_by_its_host_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let _program = Program::start(directory.path(), &[]);
    let run = |words: &str| run(directory.path(), words);
    let set = |typed: &str| run_typed(directory.path(), "webhook set", typed);
    assert!(
        run("webhook show")
            .success()
            .contains("no webhook for new mail")
    );

    for (typed, output) in [
        ("\n".to_owned(), "does not begin with a URL"),
        (
            "hooks.example.com x\n".to_owned(),
            "does not begin with a URL",
        ),
        (
            "https://hooks.example.com/pLanted\n".to_owned(),
            "signing secret",
        ),
        (
            format!("http://hooks.example.com/ {SECRET}\n"),
            "does not begin with a URL",
        ),
    ] {
        let error = set(&typed).failure(1);
        assert!(error.contains(output), "{error}");
        assert!(!error.contains("pLanted"), "{error}");
    }

    set(&format!("https://hooks.example.com/pLanted {SECRET}\n")).success();
    assert_eq!(run("webhook show").success(), "hooks.example.com\n");
    for verb in ["set", "show", "remove"] {
        let output = run(&format!("webhook {verb} --data-center nowhere")).failure(1);
        assert!(
            output.contains("there is no data center nowhere"),
            "{output}"
        );
    }
    run("webhook remove").success();
    assert!(
        run("webhook show")
            .success()
            .contains("no webhook for new mail")
    );
}
