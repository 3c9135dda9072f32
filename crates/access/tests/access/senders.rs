use access::{Access, AccessError, AccessOptions, SaveSenderError, SubmitterError};
use domain::{
    AuditAction, Principal, SenderField, SenderForm, SenderFormError,
    access::{AccessField, NewKeyError, NewKeyForm},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::world::{World, cli};

fn form(name: &str) -> SenderForm {
    SenderForm {
        name: name.into(),
        credentials: "on".into(),
        ..SenderForm::default()
    }
}

fn at(networks: &str) -> SenderForm {
    SenderForm {
        credentials: String::new(),
        networks: networks.into(),
        ..form(&format!("at {networks}"))
    }
}

fn key_form(name: &str, sender: &str) -> NewKeyForm {
    NewKeyForm {
        name: name.into(),
        send: "on".into(),
        sender: sender.into(),
        ..NewKeyForm::default()
    }
}

#[tokio::test]
async fn a_new_sender_gets_a_short_user_name_and_a_password_of_letters_and_digits() {
    let world = World::new().await;
    let by = cli();
    let (printer, password) = world
        .access
        .add_sender(&form("Printer 1"), &by)
        .await
        .unwrap();
    let (other, _) = world
        .access
        .add_sender(&form("Printer #1"), &by)
        .await
        .unwrap();
    let user = |sender: &domain::Sender| sender.user.clone().unwrap().as_str().to_owned();
    assert_eq!(
        (user(&printer), user(&other)),
        ("printer1".into(), "printer12".into())
    );
    let password = password.unwrap();
    let text = password.expose_secret();
    assert_eq!(text.len(), 16);
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let (_, none) = world
        .access
        .add_sender(&at("10.0.0.0/8"), &by)
        .await
        .unwrap();
    assert!(none.is_none());
}

#[tokio::test]
async fn a_sender_signs_in_with_its_credentials_and_nothing_else() {
    let world = World::new().await;
    let added = world.access.add_sender(&form("Printer"), &cli()).await;
    let (sender, password) = added.unwrap();
    let password = password.unwrap();
    let sign_in = async |user: &str, password: &SecretString| {
        world
            .access
            .sign_in_submitter(user, password, "192.0.2.1")
            .await
    };
    let submitter = sign_in("PRINTER", &password).await.unwrap();
    assert_eq!(submitter.principal(), Principal::Sender("Printer".into()));
    assert!(!submitter.is_known_by_address());
    for (user, password) in [
        ("printer", "wrong".into()),
        ("other", password.clone()),
        ("", password.clone()),
    ] {
        let refused = sign_in(user, &password).await.unwrap_err();
        assert!(matches!(refused, SubmitterError::Wrong), "{user}");
    }
    assert_eq!(world.audited(AuditAction::SenderRefused).await.len(), 1);
    world
        .access
        .remove_sender(&sender.id, &cli())
        .await
        .unwrap();
    let refused = sign_in("printer", &password).await.unwrap_err();
    assert!(matches!(refused, SubmitterError::Wrong));
    let current = world.access.current_submitter(&submitter).await.unwrap();
    assert!(current.is_none());
}

#[tokio::test]
async fn failed_sign_ins_are_slowed_down_and_valid_credentials_are_not() {
    let world = World::new().await;
    let added = world.access.add_sender(&form("Printer"), &cli()).await;
    let password = added.unwrap().1.unwrap();
    let wrong = SecretString::from("wrong");
    let mut is_slowed = false;
    for _ in 0..30 {
        let refused = world
            .access
            .sign_in_submitter("printer", &wrong, "192.0.2.1")
            .await;
        is_slowed |= matches!(refused, Err(SubmitterError::SlowDown { .. }));
    }
    assert!(is_slowed);
    let accepted = world
        .access
        .sign_in_submitter("printer", &password, "192.0.2.1")
        .await;
    assert!(accepted.is_ok());
}

#[tokio::test]
async fn after_a_rotation_both_passwords_are_valid_until_the_old_one_ends() {
    let world = World::new().await;
    let by = cli();
    let (sender, old) = world
        .access
        .add_sender(&form("Printer"), &by)
        .await
        .unwrap();
    let old = old.unwrap();
    let new = world
        .access
        .rotate_sender(&sender.id, 3_600, &by)
        .await
        .unwrap();
    let is_valid = async |password: &SecretString| {
        world
            .access
            .sign_in_submitter("printer", password, "192.0.2.1")
            .await
            .is_ok()
    };
    assert!(is_valid(&old).await && is_valid(&new).await);
    world.advance(3_600);
    assert!(!is_valid(&old).await && is_valid(&new).await);
    let (known, _) = world
        .access
        .add_sender(&at("10.0.0.0/8"), &by)
        .await
        .unwrap();
    let refused = world
        .access
        .rotate_sender(&known.id, 0, &by)
        .await
        .unwrap_err();
    assert!(matches!(refused, AccessError::Unknown));
}

#[tokio::test]
async fn the_sender_with_the_smallest_network_is_known_by_an_address() {
    let world = World::new().await;
    for networks in ["10.0.0.0/8", "10.0.0.0/24", "10.0.0.7", "fd00::/8"] {
        world
            .access
            .add_sender(&at(networks), &cli())
            .await
            .unwrap();
    }
    let name = async |address: &str| {
        let found = world
            .access
            .submitter_at(address.parse().unwrap())
            .await
            .unwrap();
        found.map(|found| {
            assert!(found.is_known_by_address());
            found.principal().name().to_owned()
        })
    };
    assert_eq!(name("10.0.0.7").await.as_deref(), Some("at 10.0.0.7"));
    assert_eq!(
        name("::ffff:10.0.0.8").await.as_deref(),
        Some("at 10.0.0.0/24")
    );
    assert_eq!(name("10.1.0.0").await.as_deref(), Some("at 10.0.0.0/8"));
    assert_eq!(name("fd00::1").await.as_deref(), Some("at fd00::/8"));
    assert_eq!(name("192.168.1.1").await, None);
}

#[tokio::test]
async fn an_expired_sender_is_not_known() {
    let world = World::new().await;
    let mut form = at("10.0.0.0/8");
    form.credentials = "on".into();
    form.user = "printer".into();
    let tomorrow = world.now().plus(86_400).rfc3339();
    form.expires = tomorrow[..10].to_owned();
    let (_, password) = world.access.add_sender(&form, &cli()).await.unwrap();
    let password = password.unwrap();
    let address = "10.0.0.1".parse().unwrap();
    assert!(world.access.submitter_at(address).await.unwrap().is_some());
    world.advance(2 * 86_400);
    assert!(world.access.submitter_at(address).await.unwrap().is_none());
    let refused = world
        .access
        .sign_in_submitter("printer", &password, "10.0.0.1")
        .await;
    assert!(matches!(refused, Err(SubmitterError::Wrong)));
}

#[tokio::test]
async fn a_changed_sender_has_its_new_settings_in_open_sessions() {
    let world = World::new().await;
    let by = cli();
    let (sender, password) = world
        .access
        .add_sender(&form("Printer"), &by)
        .await
        .unwrap();
    let password = password.unwrap();
    let signed_in = world
        .access
        .sign_in_submitter("printer", &password, "192.0.2.1")
        .await;
    let mut changed = form("Scanner");
    changed.allowed_recipients = "example.com".into();
    let after = world
        .access
        .change_sender(&sender.id, &changed, &by)
        .await
        .unwrap();
    assert_eq!(after.user, sender.user);
    let current = world
        .access
        .current_submitter(&signed_in.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(current.sender(), Some(&after));

    let taken = world
        .access
        .add_sender(&form("SCANNER"), &by)
        .await
        .unwrap_err();
    let SaveSenderError::Form(errors) = taken else {
        panic!("{taken:?}");
    };
    assert_eq!(
        errors.get(SenderField::Name),
        Some(SenderFormError::NameTaken)
    );
}

#[tokio::test]
async fn an_api_key_of_a_sender_has_its_data_center_and_ends_with_it() {
    let world = World::new().await;
    let by = cli();
    let (sender, _) = world.access.add_sender(&form("Cron"), &by).await.unwrap();
    let made = world
        .access
        .make_api_key(&key_form("cron", "cron"), &by)
        .await;
    let (key, secret) = made.unwrap();
    assert_eq!(key.sender.as_ref(), Some(&sender.id));
    assert_eq!(key.data_center.as_ref(), Some(&sender.data_center));
    let submitter = world
        .access
        .sign_in_submitter("x", &secret, "192.0.2.1")
        .await
        .unwrap();
    assert_eq!(submitter.principal(), Principal::Key("cron".into()));
    assert_eq!(submitter.sender().map(|one| &one.id), Some(&sender.id));
    world.access.remove_sender(&sender.id, &by).await.unwrap();
    assert!(world.access.api_key(&secret).await.unwrap().is_none());

    let unknown = world
        .access
        .make_api_key(&key_form("cron", "cron"), &by)
        .await;
    let Err(access::FormError::Form(errors)) = unknown else {
        panic!("accepted");
    };
    assert_eq!(
        errors.get(AccessField::Sender),
        Some(NewKeyError::UnknownSender)
    );
    assert_eq!(world.subjects(AuditAction::SenderRemoved).await, ["Cron"]);
}

#[tokio::test]
async fn only_a_sender_with_the_right_reads_mail_and_only_with_its_password() {
    let world = World::new().await;
    let by = cli();
    let mut reads = form("Help desk");
    reads.read_mailbox = "on".into();
    let (sender, password) = world.access.add_sender(&reads, &by).await.unwrap();
    let password = password.unwrap();
    let (_, printer) = world
        .access
        .add_sender(&form("Printer"), &by)
        .await
        .unwrap();
    let sign_in = async |user: &str, password: &SecretString| {
        let access = &world.access;
        access
            .sign_in_reader(user, password, "192.0.2.1", "IMAP")
            .await
    };
    let found = sign_in("HelpDesk", &password).await.unwrap();
    assert_eq!(found.id, sender.id);
    let seen = world.access.sender(&sender.id).await.unwrap().unwrap();
    assert!(seen.last_seen_at.is_some());
    let refused = sign_in("printer", &printer.unwrap()).await;
    assert!(matches!(refused, Err(SubmitterError::NotAReader)));
    let refused = sign_in("helpdesk", &"wrong".to_owned().into()).await;
    assert!(matches!(refused, Err(SubmitterError::Wrong)));

    let current = world.access.current_reader("helpdesk", &password).await;
    assert!(current.unwrap().is_some());
    let changed = world
        .access
        .change_sender(&sender.id, &form("Help desk"), &by)
        .await;
    changed.unwrap();
    let current = world.access.current_reader("helpdesk", &password).await;
    assert!(current.unwrap().is_none());
}

#[tokio::test]
async fn another_server_notices_a_removed_sender_immediately_and_a_new_one_within_a_second() {
    let world = World::new().await;
    let other = Access::new(world.store.clone(), AccessOptions::default());
    let address = "10.1.2.3".parse().unwrap();
    let (network, _) = world
        .access
        .add_sender(&at("10.0.0.0/8"), &cli())
        .await
        .unwrap();
    let known = other.submitter_at(address).await.unwrap().unwrap();
    assert_eq!(known.sender().unwrap().id, network.id);
    let added = world.access.add_sender(&at("10.1.0.0/16"), &cli()).await;
    let (smaller, _) = added.unwrap();
    let here = world.access.submitter_at(address).await.unwrap().unwrap();
    assert_eq!(here.sender().unwrap().id, smaller.id);
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    let known = other.submitter_at(address).await.unwrap().unwrap();
    assert_eq!(known.sender().unwrap().id, smaller.id);
    for sender in [&smaller, &network] {
        world
            .access
            .remove_sender(&sender.id, &cli())
            .await
            .unwrap();
    }
    assert!(other.submitter_at(address).await.unwrap().is_none());
    assert!(other.current_submitter(&known).await.unwrap().is_none());
}
