//! What to enter in a program or device, as text.

use domain::{DeviceKind, FromAddress, Sender, SenderUser, ServiceProblem};
use secrecy::{ExposeSecret, SecretString};
use server::Config;
use wording::RecipeValues;

/// Returns the sheet of a new sender, with its password.
pub fn text(
    kind: DeviceKind,
    from: &FromAddress,
    sender: &Sender,
    password: Option<&SecretString>,
    config: &Config,
) -> String {
    let networks = &sender.settings.networks;
    let service = server::configured_service(config);
    let mut text = String::new();
    let chosen = service.choose(kind, networks);
    for problem in service.problems(chosen, networks) {
        let (title, fix) = wording::service_problem(problem, &service, chosen);
        text.extend([title, ". ", &fix, "\n"]);
        if matches!(
            problem,
            ServiceProblem::NoListener | ServiceProblem::OnlyLocal
        ) {
            text.extend([service.reachable_setting().as_str(), "\n"]);
        }
        text.push('\n');
    }
    let service = service.or_suggested();
    let Some(chosen) = service.choose(kind, networks) else {
        return text;
    };
    let user = sender.user.as_ref().map(SenderUser::as_str);
    let values = RecipeValues {
        name: sender.name.as_str(),
        host: service.host_for(chosen.listener),
        port: chosen.listener.address.port(),
        security: chosen.listener.security,
        credentials: user.zip(password.map(ExposeSecret::expose_secret)),
        from,
        is_self_signed: service.own_certificate.is_some(),
    };
    text + &wording::recipe_text(kind, &values)
}
