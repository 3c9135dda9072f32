//! Sign-ins that fail, and what the client reads.

use listener::Mode;
use sandbox::{Faults, ImapFault};

use crate::world::{World, save};

#[tokio::test]
async fn the_reply_tells_a_wrong_password_from_a_missing_right() {
    let world = World::start().await;
    let printer = world.login_of_another("Printer", false).await;
    let mut client = world.greeted(Mode::Tls).await;
    let wrong = client.say("a LOGIN helpdesk wrong").await;
    assert!(
        wrong.starts_with("a NO [AUTHENTICATIONFAILED] Not the user name"),
        "{wrong}"
    );
    let refused = client.say(&format!("b {printer}")).await;
    assert!(
        refused.starts_with("b NO [AUTHORIZATIONFAILED] The password is right"),
        "{refused}"
    );
    // Another sender still signs in, on the same connection.
    let lines = client.command("c", &world.login()).await;
    assert!(lines[0].starts_with("c OK"), "{lines:?}");
    // An API key does not open the mailbox.
    let form = domain::access::NewKeyForm {
        name: "reader".into(),
        mailbox: "on".into(),
        ..domain::access::NewKeyForm::default()
    };
    let by = domain::Actor::command_line();
    let (_, key) = world.access.make_api_key(&form, &by).await.unwrap();
    let key = secrecy::ExposeSecret::expose_secret(&key).to_owned();
    let mut client = world.greeted(Mode::Tls).await;
    let refused = client.say(&format!("a LOGIN reader {key}")).await;
    assert!(
        refused.starts_with("a NO [AUTHENTICATIONFAILED]"),
        "{refused}"
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_connection_closed() {
    let world = World::start().await;
    let is_slowed = |line: &str| line.contains("[UNAVAILABLE] Too many failed");
    let mut last = String::new();
    for _ in 0..20 {
        let mut client = world.greeted(Mode::Tls).await;
        for tag in ["a", "b", "c"] {
            last = client.say(&format!("{tag} LOGIN helpdesk wrong")).await;
            if is_slowed(&last) {
                break;
            }
        }
        assert_eq!(client.rest().await, ["* BYE Connect again to try again"]);
        if is_slowed(&last) {
            break;
        }
    }
    assert!(
        last.contains("[UNAVAILABLE] Too many failed sign-ins. Try again in "),
        "{last}"
    );
    // The right password is not locked out.
    world.signed_in().await;
}

#[tokio::test]
async fn failures_of_the_mail_server_are_explained() {
    let world = World::start().await;
    let control = world.sandbox.control();
    control.set(Faults {
        imap: Some(ImapFault::WrongCredentials),
        ..Faults::default()
    });
    let mut client = world.greeted(Mode::Tls).await;
    let refused = client.say(&format!("a {}", world.login())).await;
    let expected = "a NO [ALERT] The password is right, but the mail server cannot be used. ";
    assert!(refused.starts_with(expected), "{refused}");
    assert!(!refused.contains(&world.sandbox.descriptor().accounts[0].password));
    control.set(Faults::default());
    save(&world.mailer, &world.sandbox, false).await;
    let refused = client.say(&format!("b {}", world.login())).await;
    assert!(
        refused.starts_with("b NO [ALERT] The password is right, but no mailbox"),
        "{refused}"
    );
}
