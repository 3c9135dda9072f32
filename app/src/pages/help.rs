//! Steps at the providers, with the values of this installation for users who have signed in.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{paths, request};

/// The steps that register an OAuth client at Google.
#[component]
pub fn GoogleHelpPage() -> impl IntoView {
    view! {
        <Title text="Steps for Google" />
        <h1>"Steps for Google"</h1>
        <p>
            "These steps create the client ID and the client secret. You need a Google account that may create projects; \
            the account that sends mail can be another one."
        </p>
        <ol class="instructions">
            <li>
                "Open the " <External href="https://console.cloud.google.com" name="Google Cloud console" />
                " and create a project, or choose one."
            </li>
            <li>
                <b>"Google Auth Platform › Branding: "</b>
                "enter a name for the application and an address for support."
            </li>
            <li>
                <b>"Audience: "</b> "choose " <b>"Internal"</b>
                " if all your senders are in one Google Workspace organization. With " <b>"External"</b> ", press "
                <b>"Publish app"</b>
                ": while the status is “Testing”, Google ends every authorization after seven days."
            </li>
            <li>
                <b>"Data access › Add or remove scopes: "</b> "add " <code>"https://mail.google.com/"</code> "."
            </li>
            <li>
                <b>"Clients › Create client: "</b> "choose the type " <b>"Web application"</b>
                ". Under " <b>"Authorized redirect URIs"</b> ", paste exactly this URL:" <RedirectUrl />
                "Google accepts https on a public name, and http on localhost and 127.0.0.1. It rejects private addresses and \
                names that end in .local."
            </li>
            <li>
                "Copy the client ID and the client secret into the settings, with Google as the provider and the sender's \
                address as the Username. Then press " <b>"Save & Authorize"</b> "."
            </li>
        </ol>
        <Back />
    }
}

/// The steps that register an OAuth client at Microsoft.
#[component]
pub fn MicrosoftHelpPage() -> impl IntoView {
    view! {
        <Title text="Steps for Microsoft 365" />
        <h1>"Steps for Microsoft 365"</h1>
        <p>
            "These steps create the client ID and the client secret. You need an account that may register applications in \
            Microsoft Entra, and later the account that sends mail."
        </p>
        <ol class="instructions">
            <li>
                "Open the " <External href="https://entra.microsoft.com" name="Microsoft Entra admin center" /> ", then "
                <b>"App registrations › New registration"</b> "."
            </li>
            <li>
                <b>"Supported account types: "</b> "usually "
                <b>"Accounts in this organizational directory only"</b> "."
            </li>
            <li>
                <b>"Redirect URI: "</b> "choose the platform " <b>"Web"</b> ", and paste exactly this URL:" <RedirectUrl />
            </li>
            <li>
                "On the overview page, copy the " <b>"Application (client) ID"</b> " into the field Client ID, and note the "
                <b>"Directory (tenant) ID"</b> "."
            </li>
            <li>
                <b>"API permissions › Add a permission › APIs my organization uses › Office 365 Exchange Online › Delegated permissions: "</b>
                "add " <code>"SMTP.Send"</code> ", and " <code>"IMAP.AccessAsUser.All"</code>
                " if Mailgrant reads the mailbox too. From the delegated permissions of Microsoft Graph, add "
                <code>"offline_access"</code> ". An administrator may have to grant consent."
            </li>
            <li>
                <b>"Certificates & secrets › New client secret: "</b> "copy its " <b>"Value"</b> ", not its "
                <b>"Secret ID"</b> ", into the field Client Secret. Microsoft shows it only once. Note when it expires."
            </li>
            <li>
                "In both endpoints of the settings, replace " <code>"organizations"</code>
                " with the directory (tenant) ID if the application is for one directory."
            </li>
            <li>
                "Enter the sender's address as the Username, and press " <b>"Save & Authorize"</b> "."
            </li>
        </ol>
        <p>
            "OAuth alone is not enough if SMTP AUTH is turned off for the organization or for the mailbox. The test email then \
            fails, and Mailgrant shows the PowerShell command that turns it on."
        </p>
        <Back />
    }
}

/// The redirect URL of this installation. Others than its users learn nothing about it.
#[component]
fn RedirectUrl() -> impl IntoView {
    match request::redirect_url() {
        Some(url) => view! {
            <p class="value">
                <code>{url}</code>
            </p>
        }
        .into_any(),
        None => view! {
            <p class="value">"the Redirect URL that the settings show. Sign in to see it here."</p>
        }
        .into_any(),
    }
}

#[component]
fn External(href: &'static str, name: &'static str) -> impl IntoView {
    view! {
        <a href=href target="_blank" rel="external noopener noreferrer">
            {name}
        </a>
    }
}

#[component]
fn Back() -> impl IntoView {
    view! {
        <p>
            <a href=paths::SmtpSettings::PATH rel="external">
                "Settings :: SMTP"
            </a>
        </p>
    }
}
