//! All possible results of an authorization.

use domain::{
    AuthorizationState, DataCenterId, FindingCode, GrantStatus, SessionId, finding::FindingValue,
};
use mail::{Callback, CallbackOutcome};
use sandbox::{Faults, TokenError};

use crate::support::{ALICE, BOB, REDIRECT_URL, World, delivered, failed, short_timeouts};

/// No authorization has been finished yet.
const NEVER: GrantStatus = GrantStatus::NotAuthorized {
    ended_by_save: None,
};

async fn status(world: &World) -> GrantStatus {
    world
        .mailer
        .settings
        .grant_status(&DataCenterId::default())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_finished_authorization_gives_a_grant_and_mail_goes_out() {
    let world = World::new().await;
    assert_eq!(status(&world).await, GrantStatus::NotUsed);
    world.save(&world.oauth_form()).await;
    assert_eq!(status(&world).await, NEVER);

    let state = world.authorize(ALICE, true).await;

    let AuthorizationState::Authorized {
        account,
        scope,
        other_account,
        ..
    } = state
    else {
        panic!()
    };
    assert_eq!((account.as_str(), other_account), (ALICE, None));
    assert!(scope.contains("mail"));
    assert!(matches!(
        status(&world).await,
        GrantStatus::Authorized { .. }
    ));
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn the_sign_in_url_carries_pkce_a_login_hint_and_the_exact_redirect_url() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let begun = world.begin().await;
    let redirect =
        percent_encoding::utf8_percent_encode(REDIRECT_URL, percent_encoding::NON_ALPHANUMERIC);
    for part in [
        "response_type=code".to_owned(),
        "code_challenge_method=S256".into(),
        "login_hint=alice%40sandbox.test".into(),
        format!("redirect_uri={}", redirect.to_string().replace("%2E", ".")),
    ] {
        assert!(begun.url.contains(&part), "{part} is not in {}", begun.url);
    }
    assert!(!begun.url.contains(&world.descriptor().client_secret));
}

#[tokio::test]
async fn each_provider_gets_the_parameters_it_wants() {
    let world = World::new().await;
    for (endpoint, scope, wanted, unwanted) in [
        (
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://mail.google.com/",
            "access_type=offline&prompt=consent",
            "select_account",
        ),
        (
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
            "https://outlook.office.com/SMTP.Send offline_access",
            "prompt=select_account",
            "prompt=consent",
        ),
        (
            "https://login.example.com/authorize",
            "mail offline_access",
            "prompt=consent",
            "access_type",
        ),
        (
            "https://login.example.com/authorize",
            "mail",
            "login_hint=",
            "prompt=",
        ),
    ] {
        let mut form = world.oauth_form();
        form.authorization_endpoint = endpoint.into();
        form.scope = scope.into();
        world.save(&form).await;
        let url = world.begin().await.url;
        assert!(url.contains(wanted) && !url.contains(unwanted), "{url}");
    }
}

#[tokio::test]
async fn a_forged_callback_is_rejected() {
    let world = World::authorized().await;
    let forged = Callback {
        state: Some("forged".into()),
        code: Some("stolen".into()),
        ..Callback::default()
    };
    for callback in [forged, Callback::default()] {
        let outcome = world
            .mailer
            .authorizations
            .finish(callback, Some(&world.session), &world.admin)
            .await
            .unwrap();
        let rejected = FindingCode::StateUnknown.into();
        assert_eq!(outcome, CallbackOutcome::Rejected(rejected));
    }
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn another_session_can_neither_finish_nor_consume_an_authorization() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let begun = world.begin().await;
    let callback = world.answer(&begun, ALICE, true);
    let other = SessionId::parse("session-2").unwrap();
    for session in [None, Some(&other)] {
        let outcome = world
            .mailer
            .authorizations
            .finish(callback.clone(), session, &world.admin)
            .await
            .unwrap();
        let rejected = FindingCode::OtherBrowser.into();
        assert_eq!(outcome, CallbackOutcome::Rejected(rejected));
    }
    let state = world.finish(callback).await;
    assert!(matches!(state, AuthorizationState::Authorized { .. }));
}

#[tokio::test]
async fn a_callback_that_comes_twice_changes_nothing() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let begun = world.begin().await;
    let callback = world.answer(&begun, ALICE, true);
    let first = world.finish(callback.clone()).await;
    assert_eq!(
        failed(&world.finish(callback).await),
        FindingCode::AuthorizationUsed
    );
    assert_eq!(
        world.mailer.authorizations.get(&begun.id).await.unwrap(),
        Some(first)
    );
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn a_late_callback_is_reported_on_its_page_and_in_the_first_tab() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let begun = world.begin().await;
    let callback = world.answer(&begun, ALICE, true);
    world.clock.advance(601);
    let waiting = world
        .mailer
        .authorizations
        .get(&begun.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(failed(&waiting), FindingCode::AuthorizationExpired);
    assert_eq!(
        failed(&world.finish(callback).await),
        FindingCode::AuthorizationExpired
    );
    assert_eq!(status(&world).await, NEVER);
}

#[tokio::test]
async fn settings_changed_meanwhile_end_the_authorization() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let begun = world.begin().await;
    let callback = world.answer(&begun, ALICE, true);
    let mut changed = world.oauth_form();
    changed.username = BOB.into();
    world.save(&changed).await;
    assert_eq!(
        failed(&world.finish(callback).await),
        FindingCode::SettingsChanged
    );
    assert_eq!(status(&world).await, NEVER);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn a_failure_at_the_provider_is_named_and_leaves_the_grant_unchanged() {
    let token_error = |name: &str| Faults {
        token_error: TokenError::named(name),
        ..Faults::default()
    };
    let callback_error = |name: &str| Faults {
        callback_error: Some(name.into()),
        ..Faults::default()
    };
    let world = World::authorized_with(short_timeouts).await;
    let before = status(&world).await;
    for (faults, expected) in [
        (callback_error("access_denied"), FindingCode::AccessDenied),
        (
            callback_error("admin_policy_enforced"),
            FindingCode::AdminPolicyEnforced,
        ),
        (callback_error("org_internal"), FindingCode::OrgInternal),
        (
            callback_error("disabled_client"),
            FindingCode::DisabledClient,
        ),
        (callback_error("something_new"), FindingCode::ProviderError),
        (token_error("invalid_grant"), FindingCode::CodeRefused),
        (
            token_error("invalid_client"),
            FindingCode::ClientSecretWrong,
        ),
        (
            token_error("unauthorized_client"),
            FindingCode::ClientNotAllowed,
        ),
        (
            token_error("redirect_uri_mismatch"),
            FindingCode::RedirectUrlNotRegistered,
        ),
        (
            token_error("temporarily_unavailable"),
            FindingCode::ProviderUnavailable,
        ),
        (token_error("AADSTS7000215"), FindingCode::ClientSecretWrong),
        (
            token_error("AADSTS7000222"),
            FindingCode::ClientSecretExpired,
        ),
        (token_error("AADSTS700016"), FindingCode::ClientUnknown),
        (
            token_error("AADSTS50011"),
            FindingCode::RedirectUrlNotRegistered,
        ),
        (
            token_error("AADSTS50020"),
            FindingCode::AccountOfAnotherTenant,
        ),
        (token_error("AADSTS50194"), FindingCode::SingleTenantClient),
        (token_error("AADSTS65001"), FindingCode::ConsentMissing),
        (token_error("AADSTS90094"), FindingCode::AdminConsentMissing),
        (token_error("AADSTS50076"), FindingCode::SignInAgain),
        (token_error("AADSTS53003"), FindingCode::SignInAgain),
        (
            Faults {
                wrong_iss: true,
                ..Faults::default()
            },
            FindingCode::IssuerMismatch,
        ),
        (
            Faults {
                token_cut: true,
                ..Faults::default()
            },
            FindingCode::TokenEndpointUnreachable,
        ),
        (
            Faults {
                token_silent: true,
                ..Faults::default()
            },
            FindingCode::TokenEndpointTimeout,
        ),
        (
            Faults {
                token_garbage: true,
                ..Faults::default()
            },
            FindingCode::TokenAnswerUnreadable,
        ),
        (
            Faults {
                token_huge: true,
                ..Faults::default()
            },
            FindingCode::TokenAnswerUnreadable,
        ),
        (
            Faults {
                token_redirect: true,
                ..Faults::default()
            },
            FindingCode::TokenAnswerUnreadable,
        ),
        (
            Faults {
                granted_scope: Some("openid".into()),
                ..Faults::default()
            },
            FindingCode::ScopeMissing,
        ),
    ] {
        world.control().set(faults.clone());
        let state = world.authorize(ALICE, true).await;
        assert_eq!(failed(&state), expected, "{faults:?}");
        assert_eq!(status(&world).await, before);
    }
    world.control().set(Faults::default());
    let redirected = world.control().token_requests();
    assert!(
        redirected
            .iter()
            .all(|request| request.outcome != "followed_redirect")
    );
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn a_denied_consent_is_reported() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let begun = world.begin().await;
    let state = world.finish(world.answer(&begun, ALICE, false)).await;
    assert_eq!(failed(&state), FindingCode::AccessDenied);
    assert_eq!(
        world.mailer.authorizations.get(&begun.id).await.unwrap(),
        Some(state)
    );
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    world.control().set(Faults {
        granted_scope: Some("openid".into()),
        ..Faults::default()
    });
    let AuthorizationState::Failed { finding, .. } = world.authorize(ALICE, true).await else {
        panic!()
    };
    assert_eq!(finding.value(FindingValue::Scope), "mail");
}

#[tokio::test]
async fn without_a_refresh_token_a_first_authorization_fails() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    world.control().set(Faults {
        issue_refresh_token: false,
        ..Faults::default()
    });
    assert_eq!(
        failed(&world.authorize(ALICE, true).await),
        FindingCode::NoRefreshToken
    );
    assert_eq!(status(&world).await, NEVER);
}

#[tokio::test]
async fn without_a_refresh_token_the_stored_one_of_the_same_account_is_kept() {
    let world = World::authorized().await;
    world.control().set(Faults {
        issue_refresh_token: false,
        rotate_refresh_token: false,
        ..Faults::default()
    });
    let state = world.authorize(ALICE, true).await;
    assert!(
        matches!(state, AuthorizationState::Authorized { .. }),
        "{state:?}"
    );
    world.control().set(Faults::default());
    world.clock.advance(4_000);
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn another_account_than_the_user_name_is_pointed_out() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    world.control().set(Faults {
        account_in_id_token: true,
        ..Faults::default()
    });
    let AuthorizationState::Authorized {
        account,
        account_confirmed,
        other_account,
        ..
    } = world.authorize(BOB, true).await
    else {
        panic!()
    };
    assert!(account_confirmed);
    assert_eq!(
        (account.as_str(), other_account.as_deref()),
        (BOB, Some(BOB))
    );
}

#[tokio::test]
async fn a_provider_that_names_the_account_only_at_its_userinfo_endpoint_is_asked_there() {
    for account in [ALICE, BOB] {
        let world = World::new().await;
        world.control().set(Faults {
            account_in_userinfo: true,
            signed_in_account: Some(account.into()),
            ..Faults::default()
        });
        world.save(&world.oauth_form()).await;
        let AuthorizationState::Authorized {
            account: named,
            account_confirmed,
            other_account,
            ..
        } = world.authorize(ALICE, true).await
        else {
            panic!()
        };
        assert_eq!((&*named, account_confirmed), (account, true));
        assert_eq!(other_account.is_some(), account == BOB);
    }
}

#[tokio::test]
async fn the_client_secret_is_sent_in_the_body_if_the_header_is_rejected() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    world.control().set(Faults {
        accept_basic_client_authentication: false,
        ..Faults::default()
    });
    let state = world.authorize(ALICE, true).await;
    assert!(
        matches!(state, AuthorizationState::Authorized { .. }),
        "{state:?}"
    );
    world.clock.advance(4_000);
    delivered(&world.test_email().await);
}

/// Returns the result of an authorization: `None` for a grant, otherwise the finding.
async fn ending(world: &World, faults: Faults) -> Option<FindingCode> {
    world.control().set(faults);
    match world.authorize(ALICE, true).await {
        AuthorizationState::Authorized { .. } => None,
        AuthorizationState::Failed { finding, .. } => Some(finding.code),
        other @ AuthorizationState::Pending { .. } => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_whole_issuer_is_compared_and_an_announced_one_may_not_be_missing() {
    let mismatch = Some(FindingCode::IssuerMismatch);
    let path = |path: &str| Faults {
        iss_path: path.into(),
        ..Faults::default()
    };
    let missing = Faults {
        omit_iss: true,
        ..Faults::default()
    };
    let refused = Faults {
        omit_iss: true,
        callback_error: Some("access_denied".into()),
        ..Faults::default()
    };
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    for (faults, expected) in [
        (Faults::default(), None),
        (path("/realms/other"), mismatch),
        (path("/"), mismatch),
        (path("?tenant=other"), mismatch),
        (missing, Some(FindingCode::IssuerMissing)),
        // An error response without an issuer may also come from another server.
        (refused, Some(FindingCode::IssuerMissing)),
    ] {
        let shown = format!("{faults:?}");
        assert_eq!(ending(&world, faults).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn a_provider_that_announces_nothing_may_leave_the_issuer_out() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let silent = Faults {
        send_iss: false,
        ..Faults::default()
    };
    assert_eq!(ending(&world, silent).await, None);
    let wrong = Faults {
        send_iss: false,
        wrong_iss: true,
        ..Faults::default()
    };
    let mismatch = Some(FindingCode::IssuerMismatch);
    assert_eq!(ending(&world, wrong).await, mismatch);
}

#[tokio::test]
async fn without_metadata_an_issuer_has_to_be_the_server_of_the_endpoint() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let mismatch = Some(FindingCode::IssuerMismatch);
    let bare = Faults {
        no_metadata: true,
        ..Faults::default()
    };
    let path = |path: &str| Faults {
        iss_path: path.into(),
        ..bare.clone()
    };
    let missing = Faults {
        omit_iss: true,
        ..bare.clone()
    };
    let wrong = Faults {
        wrong_iss: true,
        ..bare.clone()
    };
    for (faults, expected) in [
        (bare.clone(), None),
        (missing, None),
        (wrong, mismatch),
        (path("/realms/other"), mismatch),
        (path("1"), mismatch),
    ] {
        let shown = format!("{faults:?}");
        assert_eq!(ending(&world, faults).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn an_issuer_that_was_known_stays_known_while_the_provider_publishes_nothing() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    assert_eq!(ending(&world, Faults::default()).await, None);
    world.clock.advance(86_400);
    let gone = Faults {
        no_metadata: true,
        omit_iss: true,
        ..Faults::default()
    };
    let missing = Some(FindingCode::IssuerMissing);
    assert_eq!(ending(&world, gone).await, missing);
}
