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
            "This response does not belong to an authorization that was started here.",
            "Start again from the settings page. If you did not start an authorization, someone may have sent you a forged link. Nothing was changed.",
        ),
        Code::AuthorizationUsed => (
            "This authorization was already completed. Each can be used once.",
            "Check the settings page to see whether it succeeded. Otherwise, start again.",
        ),
        Code::AuthorizationExpired => (
            "The sign-in took longer than ten minutes.",
            "Start again and finish the sign-in within ten minutes.",
        ),
        Code::OtherBrowser => (
            "This authorization was started in another browser.",
            "Start and finish it in the same browser, with cookies allowed.",
        ),
        Code::SettingsChanged => (
            "The settings changed after this authorization was started, so it does not match them.",
            "Start again with the current settings.",
        ),
        Code::IssuerMismatch => (
            "The response came from a different server ({issuer}) than expected.",
            "Check the authorization endpoint, and start again. If this happens again, do not sign in. It may be an attack.",
        ),
        Code::IssuerMissing => (
            "The response does not name its server, but {issuer} announces that its responses do (RFC 9207).",
            "Authorize again. If this happens again, do not sign in. It may be an attack from another server. Ask the provider's administrator to send iss with each response, or to stop announcing it.",
        ),
        Code::CallbackIncomplete => (
            "The provider's response contains neither a code nor an error.",
            "Start again. If this persists, check the authorization endpoint.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn provider(code: Code) -> Option<Template> {
    Some(match code {
        Code::AccessDenied => Template::new(
            "The request was denied at the provider.",
            "Start again and grant all requested permissions. If Google's consent screen is in \"Testing\", add {username} as a test user first.",
        ),
        Code::AdminPolicyEnforced => Template::new(
            "The administrator of the Google Workspace does not allow this client.",
            "Ask the administrator to trust the client ID in the Admin console, under Security, API controls.",
        )
        .copying("{client_id}")
        .linking("App access control", "https://admin.google.com/ac/owl/list?tab=configuredApps"),
        Code::OrgInternal => Template::new(
            "The client only accepts accounts of its own organization.",
            "Sign in with an account of that organization, or set the user type of the consent screen to \"External\".",
        )
        .linking(GOOGLE_AUDIENCE.0, GOOGLE_AUDIENCE.1),
        Code::DisabledClient => Template::new(
            "The OAuth client is disabled in the provider's console.",
            "Enable it again, or create a new client and enter its ID and secret.",
        )
        .linking(GOOGLE_CLIENTS.0, GOOGLE_CLIENTS.1),
        Code::ScopeRefused => Template::new(
            "The provider does not recognize or does not allow this scope: {scope}.",
            "Correct the scope. The presets contain the scopes that Google and Microsoft require for SMTP.",
        ),
        Code::ProviderUnavailable => Template::new(
            "The provider is temporarily unavailable.",
            "Try again in a few minutes.",
        ),
        Code::ProviderError => Template::new(
            "The provider returned an error that Mailgrant does not recognize.",
            "Read the response below, and search the provider's documentation for the code.",
        ),
        Code::ScopeMissing => Template::new(
            "Not all requested scopes were granted. Missing: {scope}.",
            "Start again and keep all boxes on the consent page checked. Check that the client is allowed to request this scope.",
        ),
        Code::NoRefreshToken => Template::new(
            "The provider issued no refresh token, so mail would stop when the access token expires.",
            "At Microsoft, add offline_access to the scope. At Google, remove Mailgrant from the account's connections and start again.",
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
            "You entered the ID of the client secret (a GUID) instead of its value.",
            "Copy the column \"Value\" under \"Certificates & secrets\". It is shown only once. If it is no longer visible, create a new secret.",
        )
        .linking(ENTRA.0, ENTRA.1),
        Code::ClientSecretExpired => Template::new(
            "The client secret has expired.",
            "Create a new one in the provider's console under \"Certificates & secrets\", and enter its value.",
        )
        .linking(ENTRA.0, ENTRA.1),
        Code::ClientUnknown => Template::new(
            "The client ID {client_id} does not exist in this tenant.",
            "Compare the client ID with the console. The tenant in both endpoints must be the one in which the application is registered.",
        )
        .linking(ENTRA.0, ENTRA.1),
        Code::ClientNotAllowed => Template::new(
            "The provider does not allow the client to do this.",
            "In the console, configure the client as a web application with the authorization code flow.",
        ),
        Code::RedirectUrlNotRegistered => Template::new(
            "The redirect URL is not registered for this client.",
            "Add exactly this URL to the client in the provider's console, for a web client. The change can take a few minutes.",
        )
        .copying("{redirect_url}"),
        Code::AccountOfAnotherTenant => Template::new(
            "The account that signed in belongs to a different tenant than the application.",
            "Sign in as {username}, or enter that account's tenant in both endpoints.",
        ),
        Code::SingleTenantClient => Template::new(
            "The application is registered for a single tenant, but the endpoints are for several (common or organizations).",
            "Replace \"common\" or \"organizations\" in both endpoints with the ID of the tenant.",
        ),
        Code::ConsentMissing => Template::new(
            "No one has consented to the permissions of the application.",
            "Start again and consent, or ask an administrator to consent for all users, under \"API permissions\" or at the URL below.",
        )
        .copying("{admin_consent}")
        .linking(ENTRA.0, ENTRA.1),
        Code::AdminConsentMissing => Template::new(
            "In this tenant, an administrator must consent first.",
            "Ask an administrator to select \"Grant admin consent\" under \"API permissions\" of the application, or to consent at the URL below.",
        )
        .copying("{admin_consent}")
        .linking(ENTRA.0, ENTRA.1),
        _ => return None,
    })
}

fn grant(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::GrantEnded => (
            "The provider no longer accepts the authorization. It was revoked, the password of the account was changed, or it was unused for months.",
            "Authorize again.",
        ),
        Code::GrantEndedAfterInterruption => (
            "The provider no longer accepts the authorization. The previous refresh was interrupted by a crash, a restart, or a lost connection. The provider may have issued a new refresh token that Mailgrant never received.",
            "Authorize again. If this happens repeatedly, check the network between this server and the provider. Stop the server with SIGTERM, which lets it finish a refresh.",
        ),
        Code::GrantEndedInTesting => (
            "The authorization ended after about 7 days, because Google's consent screen is in \"Testing\".",
            "Set the publishing status to \"In production\" (or the user type to \"Internal\") first, then authorize again.",
        ),
        Code::CodeRefused => (
            "The provider rejected the authorization code. It was used before, has expired, or the redirect URL differs.",
            "Start again. If this persists, compare the redirect URL with the provider's console.",
        ),
        Code::SignInAgain => (
            "The provider requires a new sign-in because of multi-factor authentication or conditional access.",
            "Authorize again and complete the requested steps. If a policy blocks the sign-in, ask the tenant's administrator.",
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
            "A saved secret cannot be decrypted, because it or the settings it belongs to were changed outside of Mailgrant.",
            "Check all values on the settings page, enter the secrets again, save, and authorize again if OAuth is used. \"mailgrant audit verify\" lists the changes.",
        ),
        Code::GrantMissing => (
            "There is no authorization for these settings.",
            "Select \"Save & Authorize\" first, then test.",
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
            "Check its URL, and whether a firewall blocks connections from this server.",
        ),
        Code::TokenEndpointCertificate => (
            "The certificate of the token endpoint was not accepted.",
            "Check the URL and this server's clock. If a proxy inspects TLS, add its certificate to the trusted certificates.",
        ),
        Code::TokenEndpointTimeout => (
            "The token endpoint did not respond in time.",
            "Try again. If this persists, check the network between this server and the provider.",
        ),
        Code::TokenAnswerUnreadable => (
            "The token endpoint returned something that is not a token response.",
            "Check the URL of the token endpoint. It differs from the authorization endpoint.",
        ),
        Code::ClockSkew => (
            "The clocks of the provider and this server differ by {seconds} seconds.",
            "Synchronize this server's clock with NTP. Otherwise, tokens seem to expire too early or too late.",
        ),
        Code::EndpointDiffers => (
            "The provider publishes different endpoints: {endpoints}.",
            "Enter the published endpoints, unless the provider's administrator gave you others.",
        ),
        Code::TokenTypeUnknown => (
            "The token has a type that mail servers do not accept.",
            "Configure the provider to issue Bearer tokens.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
