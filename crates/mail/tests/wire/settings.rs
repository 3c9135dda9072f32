//! Saving of settings.

use domain::{DataCenterFormError, DataCenterId, SmtpField, SmtpForm, SmtpFormError, TypedSecret};
use mail::{DataCenterError, MailError, SaveError};

use crate::support::{World, redirect_url};

#[tokio::test]
async fn saved_settings_survive_a_restart_and_never_show_a_secret() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let restarted = world.another_mailer().await;
    let saved = restarted
        .settings
        .get(&DataCenterId::default())
        .await
        .unwrap();
    assert_eq!(saved, world.saved().await);
    assert_eq!(saved.version, 1);
    assert!(!format!("{saved:?}").contains(&world.descriptor().client_secret));
}

#[tokio::test]
async fn of_two_concurrent_saves_the_second_is_rejected() {
    let world = World::new().await;
    let form = world.oauth_form();
    world
        .mailer
        .settings
        .save(&form, &redirect_url(), &world.admin)
        .await
        .unwrap();
    let second = world
        .mailer
        .settings
        .save(&form, &redirect_url(), &world.admin)
        .await;
    assert!(
        matches!(second, Err(SaveError::Conflict { version: 1 })),
        "{second:?}"
    );
    let again = SmtpForm { version: 1, ..form };
    assert_eq!(
        world
            .mailer
            .settings
            .save(&again, &redirect_url(), &world.admin)
            .await
            .unwrap()
            .version,
        2
    );
}

#[tokio::test]
async fn an_empty_secret_keeps_the_saved_one_and_another_endpoint_does_not_get_it() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let kept = world.oauth_form().without_secrets();
    world.save(&kept).await;
    let mut elsewhere = SmtpForm { version: 2, ..kept };
    elsewhere.token_endpoint = "https://evil.example/token".into();
    match world
        .mailer
        .settings
        .save(&elsewhere, &redirect_url(), &world.admin)
        .await
    {
        Err(SaveError::Form(errors)) => assert_eq!(
            errors.get(SmtpField::ClientSecret),
            Some(SmtpFormError::SecretBelongsElsewhere)
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_redirect_url_has_to_be_the_one_this_server_is_reached_under() {
    let world = World::new().await;
    let mut form = world.oauth_form();
    form.redirect_url = "http://localhost:3000/oauth/callback".into();
    match world
        .mailer
        .settings
        .save(&form, &redirect_url(), &world.admin)
        .await
    {
        Err(SaveError::Form(errors)) => assert_eq!(
            errors.get(SmtpField::RedirectUrl),
            Some(SmtpFormError::RedirectUrlMismatch)
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_data_center_has_its_own_settings() {
    let world = World::new().await;
    let paris = world
        .mailer
        .settings
        .add_data_center(" Paris ", &world.admin)
        .await
        .unwrap();
    let form = SmtpForm {
        data_center: paris.id.to_string(),
        ..world.oauth_form()
    };
    world
        .mailer
        .settings
        .save(&form, &redirect_url(), &world.admin)
        .await
        .unwrap();
    assert_eq!(world.saved().await.settings, None);
    world
        .mailer
        .settings
        .rename_data_center(&paris.id, "Lutetia", &world.admin)
        .await
        .unwrap();
    let saved = world.mailer.settings.get(&paris.id).await.unwrap();
    assert_eq!(
        (saved.data_center.name.as_str(), saved.version),
        ("Lutetia", 1)
    );

    let refused = |result: Result<(), DataCenterError>| match result {
        Err(DataCenterError::Refused(error)) => error,
        other => panic!("{other:?}"),
    };
    let unknown = DataCenterId::parse("nowhere").unwrap();
    let mailer = &world.mailer;
    for (result, error) in [
        (
            mailer
                .settings
                .add_data_center("lutetia", &world.admin)
                .await
                .map(|_| ()),
            DataCenterFormError::NameTaken,
        ),
        (
            mailer
                .settings
                .add_data_center("  ", &world.admin)
                .await
                .map(|_| ()),
            DataCenterFormError::Required,
        ),
        (
            mailer
                .settings
                .rename_data_center(&paris.id, "Default", &world.admin)
                .await,
            DataCenterFormError::NameTaken,
        ),
        (
            mailer
                .settings
                .remove_data_center(&paris.id, &world.admin)
                .await,
            DataCenterFormError::DataCenterInUse,
        ),
        (
            mailer
                .settings
                .remove_data_center(&DataCenterId::default(), &world.admin)
                .await,
            DataCenterFormError::DataCenterIsDefault,
        ),
        (
            mailer
                .settings
                .remove_data_center(&unknown, &world.admin)
                .await,
            DataCenterFormError::UnknownDataCenter,
        ),
    ] {
        assert_eq!(refused(result), error);
    }
    let berlin = world
        .mailer
        .settings
        .add_data_center("Berlin", &world.admin)
        .await
        .unwrap();
    world
        .mailer
        .settings
        .remove_data_center(&berlin.id, &world.admin)
        .await
        .unwrap();
    assert!(matches!(
        world.mailer.settings.get(&berlin.id).await,
        Err(MailError::UnknownDataCenter)
    ));
}

#[tokio::test]
async fn a_draft_is_shown_to_its_browser_only_and_without_secrets() {
    let world = World::new().await;
    let id = DataCenterId::default();
    let mut form = world.basic_form();
    form.smtp_host = "not a host".into();
    form.password = TypedSecret::new("typed");
    world
        .mailer
        .settings
        .save_draft(&world.session, &form)
        .await
        .unwrap();
    let draft = world
        .mailer
        .settings
        .draft(&world.session, &id)
        .await
        .unwrap();
    assert_eq!(draft, Some(form.without_secrets()));
    let other = domain::SessionId::parse("session-2").unwrap();
    assert_eq!(
        world.mailer.settings.draft(&other, &id).await.unwrap(),
        None
    );
    world
        .mailer
        .settings
        .delete_draft(&world.session, &id)
        .await
        .unwrap();
    assert_eq!(
        world
            .mailer
            .settings
            .draft(&world.session, &id)
            .await
            .unwrap(),
        None
    );
}
