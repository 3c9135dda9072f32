//! Findings of the callback and of the token endpoint.

use domain::FindingCode as Code;

use super::template::Template;

const GOOGLE_CLIENTS: (&str, &str) = (
    "Clients in Google's console",
    "https://console.cloud.google.com/auth/clients",
);
const GOOGLE_AUDIENCE: (&str, &str) = (
    "Audience in Google's console",
    "https://console.cloud.google.com/auth/audience",
);
const ENTRA: (&str, &str) = (
    "App registrations in Microsoft Entra",
    "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
);

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    callback(code)
        .or_else(|| provider(code))
        .or_else(|| client(code))
        .or_else(|| grant(code))
        .or_else(|| token_endpoint(code))
}

fn callback(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::StateUnknown => (
            "This answer belongs to no authorization that was begun here.",
            "Begin again from the settings page. If you did not begin one, somebody may have sent you a forged link; nothing has changed.",
        ),
        Code::AuthorizationUsed => (
            "This authorization has been answered already; each counts once.",
            "Look at the settings page: it may be authorized. Else begin again.",
        ),
        Code::AuthorizationExpired => (
            "The sign-in took longer than ten minutes.",
            "Begin again and finish the sign-in within ten minutes.",
        ),
        Code::OtherBrowser => (
            "Another browser began this authorization.",
            "Begin and finish it in the same browser, with cookies allowed.",
        ),
        Code::SettingsChanged => (
            "The settings were changed after this authorization began, so it is for other values.",
            "Begin again for the settings as they are now.",
        ),
        Code::IssuerMismatch => (
            "The answer came from another server ({issuer}) than the one that was asked.",
            "Check the authorization endpoint, and begin again. If it happens once more, do not sign in: somebody may be mixing servers up on purpose.",
        ),
        Code::IssuerMissing => (
            "The answer does not say which server it is from. {issuer} announces that its answers do (RFC 9207).",
            "Authorize again. If it happens again, do not sign in: someone may be sending answers from another server. Ask the provider's administrator to send iss with each answer, or to stop announcing it.",
        ),
        Code::CallbackIncomplete => (
            "The provider answered neither with a code nor with an error.",
            "Begin again. If it stays, check that the authorization endpoint is right.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn provider(code: Code) -> Option<Template> {
    Some(match code {
        Code::AccessDenied => Template::new(
            "The request was refused at the provider.",
            "Begin again and agree to all that is asked. At Google with a consent screen in \"Testing\", add {username} as a test user first.",
        ),
        Code::AdminPolicyEnforced => Template::new(
            "The administrator of the Google Workspace does not allow this client.",
            "Ask the administrator to trust the client ID in the Admin console, under Security, API controls.",
        )
        .copying("{client_id}")
        .linking("App access control", "https://admin.google.com/ac/owl/list?tab=configuredApps"),
        Code::OrgInternal => Template::new(
            "The client is open only to accounts of its own organisation.",
            "Sign in with an account of that organisation, or set the user type of the consent screen to \"External\".",
        )
        .linking(GOOGLE_AUDIENCE.0, GOOGLE_AUDIENCE.1),
        Code::DisabledClient => Template::new(
            "The OAuth client is switched off in the provider's console.",
            "Switch it on again, or make a new client and enter its ID and secret.",
        )
        .linking(GOOGLE_CLIENTS.0, GOOGLE_CLIENTS.1),
        Code::ScopeRefused => Template::new(
            "The provider does not know or does not allow this scope: {scope}.",
            "Correct the scope. The presets have those that Google and Microsoft want for SMTP.",
        ),
        Code::ProviderUnavailable => Template::new(
            "The provider cannot answer at the moment.",
            "Try again in a few minutes.",
        ),
        Code::ProviderError => Template::new(
            "The provider refused with an error that Mailgrant does not know.",
            "Read what it said below, and search the provider's documentation for the code.",
        ),
        Code::ScopeMissing => Template::new(
            "Not everything that was asked for has been granted. Missing: {scope}.",
            "Begin again and leave every box of the consent page ticked. Check that the client may ask for this scope.",
        ),
        Code::NoRefreshToken => Template::new(
            "The provider gave no refresh token, so mail would stop within the hour.",
            "At Microsoft add offline_access to the scope. At Google remove Mailgrant from the account's connections and begin again.",
        )
        .linking("Connections of a Google account", "https://myaccount.google.com/connections"),
        _ => return None,
    })
}

fn client(code: Code) -> Option<Template> {
    Some(match code {
        Code::ClientSecretWrong => Template::new(
            "The provider does not accept the client secret of {client_id}.",
            "Copy the client ID and the secret again. At Microsoft the secret is the column \"Value\", not \"Secret ID\".",
        ),
        Code::ClientSecretIdPasted => Template::new(
            "The ID of the client secret was pasted instead of its value: what was entered is a GUID.",
            "Copy the column \"Value\" under \"Certificates & secrets\". It is shown only once; if it is gone, make a new secret.",
        )
        .linking(ENTRA.0, ENTRA.1),
        Code::ClientSecretExpired => Template::new(
            "The client secret has expired.",
            "Make a new one in the provider's console under \"Certificates & secrets\", and enter its value.",
        )
        .linking(ENTRA.0, ENTRA.1),
        Code::ClientUnknown => Template::new(
            "The client ID {client_id} is not known in this tenant.",
            "Compare the client ID with the console, and the tenant in both endpoints with the one the application is registered in.",
        )
        .linking(ENTRA.0, ENTRA.1),
        Code::ClientNotAllowed => Template::new(
            "The client may not do this at the provider.",
            "In the console, make it a web application that uses the authorization code flow.",
        ),
        Code::RedirectUrlNotRegistered => Template::new(
            "The redirect URL is not registered for this client.",
            "Add exactly this URL to the client in the provider's console, as a web client's. It can take a few minutes until it counts.",
        )
        .copying("{redirect_url}"),
        Code::AccountOfAnotherTenant => Template::new(
            "The account that signed in belongs to another tenant than the application.",
            "Sign in as {username}, or put that account's tenant into both endpoints.",
        ),
        Code::SingleTenantClient => Template::new(
            "The application is for one tenant, but the endpoints are shared (common or organizations).",
            "Replace \"common\" or \"organizations\" in both endpoints by the ID of the tenant.",
        ),
        Code::ConsentMissing => Template::new(
            "Nobody has agreed that the application may do this.",
            "Begin again and agree, or let an administrator agree for all. That is under \"API permissions\", or at the tenant's own address for it.",
        )
        .copying("{admin_consent}")
        .linking(ENTRA.0, ENTRA.1),
        Code::AdminConsentMissing => Template::new(
            "In this tenant an administrator has to agree first.",
            "Ask an administrator to press \"Grant admin consent\" under \"API permissions\" of the application, or to agree at the tenant's own address for it.",
        )
        .copying("{admin_consent}")
        .linking(ENTRA.0, ENTRA.1),
        _ => return None,
    })
}

fn grant(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::GrantEnded => (
            "The provider no longer accepts the authorization. It was revoked, the password of the account was changed, or it was not used for months.",
            "Authorize again.",
        ),
        Code::GrantEndedAfterInterruption => (
            "The provider no longer accepts the authorization. The refresh before this one was interrupted, by a crash, a restart, or a lost connection. The provider may have replaced the refresh token then, and the new one never arrived.",
            "Authorize again. If it happens repeatedly, check the network between this server and the provider, and stop the server with SIGTERM so that it can finish a refresh.",
        ),
        Code::GrantEndedInTesting => (
            "The authorization ended about 7 days after it was given. Google does that while the consent screen is in \"Testing\".",
            "Set the publishing status to \"In production\" (or the user type to \"Internal\") first, then authorize again.",
        ),
        Code::CodeRefused => (
            "The provider did not take the code it had given: it was used before, is too old, or the redirect URL differs.",
            "Begin again. If it stays, compare the redirect URL with the provider's console.",
        ),
        Code::SignInAgain => (
            "The provider wants a new sign-in, with multi-factor authentication or under conditional access.",
            "Authorize again and complete what it asks for. If a policy blocks it, ask the tenant's administrator.",
        ),
        Code::PasswordChanged => (
            "The password of {username} was changed, which ended the authorization.",
            "Authorize again.",
        ),
        Code::GrantUnused => (
            "The authorization was not used for 90 days.",
            "Authorize again.",
        ),
        Code::SecretUnreadable => (
            "A saved secret cannot be read, because it or the settings beside it were changed outside of Mailgrant.",
            "Check all values on the settings page, type the secrets again, save, and authorize again where OAuth is used. \"mailgrant audit verify\" lists what was changed.",
        ),
        Code::GrantMissing => (
            "There is no authorization for exactly these values.",
            "Press \"Save & Authorize\" first, then test.",
        ),
        _ => return None,
    };
    let template = Template::new(cause, fix);
    Some(if code == Code::GrantEndedInTesting {
        template.linking(GOOGLE_AUDIENCE.0, GOOGLE_AUDIENCE.1)
    } else {
        template
    })
}

fn token_endpoint(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::TokenEndpointUnreachable => (
            "The token endpoint could not be reached.",
            "Check its URL, and that this server may make connections to it.",
        ),
        Code::TokenEndpointCertificate => (
            "The certificate of the token endpoint was not accepted.",
            "Check the URL and this server's clock. A proxy that opens TLS needs its certificate among those trusted.",
        ),
        Code::TokenEndpointTimeout => (
            "The token endpoint did not answer in time.",
            "Try again. If it stays, check the network between this server and the provider.",
        ),
        Code::TokenAnswerUnreadable => (
            "The token endpoint answered something that is no token answer.",
            "Check the URL of the token endpoint: it is another one than the authorization endpoint.",
        ),
        Code::ClockSkew => (
            "The provider's clock and the clock of this server differ by {seconds} seconds.",
            "Set the clock of this server by NTP. Tokens seem to expire too early or too late otherwise.",
        ),
        Code::EndpointDiffers => (
            "The provider publishes other endpoints than those entered: {endpoints}.",
            "Enter the published ones, unless somebody told you otherwise.",
        ),
        Code::TokenTypeUnknown => (
            "The token is of a type that mail servers do not take.",
            "Configure the provider to give Bearer tokens.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
